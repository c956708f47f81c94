// Credits for people. The ledger counts whole millionths of a credit ("micros"); pages show credits.
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { languageTag } from '../text/catalogue.ts';
import { formatText } from '../text/english/format.ts';
import { perLanguage } from '../text/per-language.ts';

/** Below this a figure would read as zero with two decimals. */
const SMALL_CREDITS = 0.01;

const plain = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 2 }));
const small = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumSignificantDigits: 2 }));

/** `1_250_000` -> `1.25`; small sums keep two significant digits: `1_240` -> `0.0012`. Input in micros. */
export function formatCredits(micros: number): string {
  if (!Number.isFinite(micros)) return '–';
  const credits = micros / MICROS_PER_CREDIT;
  const isSmall = credits !== 0 && Math.abs(credits) < SMALL_CREDITS;
  // A real minus sign has the width of a plus, so that columns of sums line up.
  return (isSmall ? small() : plain()).format(credits).replace('-', '−');
}

const DIGITS_OF_A_MICRO = Math.log10(MICROS_PER_CREDIT);

/**
 * With as many decimals as show a change of `stepMicros`: `10_000_180` moved by `180` -> `10.00018`. Without a step as any other
 * figure.
 */
export function formatCreditsTo(micros: number, stepMicros: number): string {
  if (!Number.isFinite(micros) || !(stepMicros > 0)) return formatCredits(micros);
  // Two significant digits of the step, at least those that every figure has.
  const digits = Math.ceil(DIGITS_OF_A_MICRO - Math.log10(stepMicros)) + 1;
  const maximumFractionDigits = Math.min(DIGITS_OF_A_MICRO, Math.max(2, digits));
  const figure = new Intl.NumberFormat(languageTag(), { maximumFractionDigits }).format(micros / MICROS_PER_CREDIT);
  return figure.replace('-', '−');
}

/** `+1.25`, `−0.5`, `0`: for lines of a statement. */
export const formatSignedCredits = (micros: number): string => `${micros > 0 ? '+' : ''}${formatCredits(micros)}`;

/** `1.25 credits`, `1 credit`; with the decimals that show a change of `stepMicros`. */
export function formatCreditAmount(micros: number, stepMicros = 0): string {
  const figure = formatCreditsTo(micros, stepMicros);
  const { one, other } = formatText.nouns.credit;
  return `${figure} ${figure === '1' ? one : other}`;
}
