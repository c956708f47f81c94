// Figures as an owner types them. Pure.

/** Undefined for what is no whole number of the range. */
export function readWhole(typed: string, least: number, most: number): number | undefined {
  if (!/^\d{1,9}$/.test(typed.trim())) return undefined;
  const value = Number(typed);
  return value >= least && value <= most ? value : undefined;
}

const MICROS_DIGITS = 6;

/** Credits as micros: `2.5` or `2,5` are two and a half million. Undefined for what is none, or above `most` credits. */
export function readCredits(typed: string, most: number): number | undefined {
  const [, whole, part = ''] = /^(\d{1,7})(?:[.,](\d{1,6}))?$/.exec(typed.trim()) ?? [];
  if (whole === undefined) return undefined;
  const micros = Number(whole) * 10 ** MICROS_DIGITS + Number(part.padEnd(MICROS_DIGITS, '0'));
  return micros <= most * 10 ** MICROS_DIGITS ? micros : undefined;
}
