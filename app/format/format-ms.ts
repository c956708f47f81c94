// Durations for people: one unit, no false precision.
import { formatText } from '../text/english/format.ts';
import { formatFixed } from './format-count.ts';

/** `3.21` -> `3.2 ms`, `120.4` -> `120 ms`, `1530` -> `1.5 s`, `125000` -> `2 min 5 s`. Input in milliseconds. */
export function formatMs(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–';
  const { time } = formatText;
  if (milliseconds < 999.5) return time.milliseconds(formatFixed(milliseconds, milliseconds < 9.95 ? 1 : 0));
  if (milliseconds < 59_950) return time.seconds(formatFixed(milliseconds / 1000, 1));
  const seconds = Math.round(milliseconds / 1000);
  return time.minutes(Math.floor(seconds / 60), seconds % 60);
}
