// Moments for people: how long ago, and the exact one for a title. Pure: the present is a parameter.
import { formatText } from '../text/english/format.ts';
import { perLanguage } from '../text/per-language.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Beyond this a date says more than a count of days. */
const LAST_RELATIVE_MS = 14 * DAY_MS;

const day = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric' }));

/** `4 Mar 2026`. */
export const formatDay = (at: Date): string => (Number.isNaN(at.getTime()) ? '–' : day().format(at));

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then `4 Mar 2026`. A moment to come counts as now: clocks differ. */
export function formatWhen(at: Date, now: Date): string {
  const elapsedMs = now.getTime() - at.getTime();
  if (Number.isNaN(elapsedMs)) return '–';
  const { when } = formatText;
  if (elapsedMs < MINUTE_MS) return when.now;
  if (elapsedMs < HOUR_MS) return when.minutes(Math.floor(elapsedMs / MINUTE_MS));
  if (elapsedMs < DAY_MS) return when.hours(Math.floor(elapsedMs / HOUR_MS));
  if (elapsedMs >= LAST_RELATIVE_MS) return day().format(at);
  return when.days(Math.floor(elapsedMs / DAY_MS));
}
