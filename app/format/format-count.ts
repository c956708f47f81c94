// Counts and rates for people.

const grouped = new Intl.NumberFormat('en-US');

/** `12345` -> `12,345`. */
export const formatCount = (count: number): string => grouped.format(Math.round(count));

/** `1, 'tab'` -> `1 tab`; `3, 'tab'` -> `3 tabs`. English plurals that only take an s. */
export const formatPlural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Tokens per second: `41.24` -> `41.2 tok/s`; a dash while there is nothing to divide. */
export function formatRate(tokensPerSecond: number): string {
  if (!Number.isFinite(tokensPerSecond) || tokensPerSecond <= 0) return '– tok/s';
  const digits = tokensPerSecond < 99.95 ? tokensPerSecond.toFixed(1) : formatCount(tokensPerSecond);
  return `${digits} tok/s`;
}
