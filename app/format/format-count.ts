// Counts and rates for people, in the digits of the language that is spoken.
import { type englishFormat, formatText } from '../text/english/format.ts';
import { perLanguage } from '../text/per-language.ts';

type Noun = keyof typeof englishFormat.nouns;

const grouped = perLanguage((tag) => new Intl.NumberFormat(tag));
const plain = perLanguage((tag) => new Intl.NumberFormat(tag, { useGrouping: false }));
const fixed = [0, 1, 2].map((digits) =>
  perLanguage(
    (tag) =>
      new Intl.NumberFormat(tag, {
        ...{ minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false },
      }),
  ),
);

/** `12345` -> `12,345`. */
export const formatCount = (count: number): string => grouped().format(Math.round(count));

/** As it is, up to three digits behind the point: `0.001`, `131072`. */
export const formatPlain = (value: number): string => plain().format(value);

/** With so many digits behind the point: `3.04, 1` -> `3.0`. */
export const formatFixed = (value: number, digits: 0 | 1 | 2): string =>
  // Rounded as the language rounds that the page is written in: the formatter would round some halves otherwise.
  fixed[digits]!().format(Number(value.toFixed(digits)));

/** `1, 'tab'` -> `1 tab`; `3, 'tab'` -> `3 tabs`. */
export function formatPlural(count: number, noun: Noun): string {
  const { one, other } = formatText.nouns[noun];
  return `${formatCount(count)} ${count === 1 ? one : other}`;
}

/** Tokens per second: `41.24` -> `41.2 tok/s`; a dash while there is nothing to divide. */
export function formatRate(tokensPerSecond: number): string {
  if (!Number.isFinite(tokensPerSecond) || tokensPerSecond <= 0) return formatText.rate('–');
  const isSmall = tokensPerSecond < 99.95;
  return formatText.rate(isSmall ? formatFixed(tokensPerSecond, 1) : formatCount(tokensPerSecond));
}
