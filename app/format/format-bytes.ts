// Bytes for people. Decimal units, as browsers and hubs count downloads.
import { formatText } from '../text/english/format.ts';
import { formatPlain } from './format-count.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1536` -> `1.54 kB`. At most three significant digits; negative or unknown numbers read as `0 B`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes <= 0) return formatText.bytes(formatPlain(0), 'B');
  // Chosen on the rounded figure, so that 999,999 reads "1 MB" and never "1000 kB".
  let value = bytes;
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? Math.round(value) : Number(value.toPrecision(3));
  return formatText.bytes(formatPlain(digits), UNITS[unit]!);
}
