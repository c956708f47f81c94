// Moments for people: how long ago, and the exact one for a title. Pure: the present is a parameter.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Beyond this a date says more than a count of days. */
const LAST_RELATIVE_MS = 14 * DAY_MS;

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then `4 Mar 2026`. A moment to come counts as now: clocks differ. */
export function formatWhen(at: Date, now: Date): string {
  const elapsedMs = now.getTime() - at.getTime();
  if (Number.isNaN(elapsedMs)) return '–';
  if (elapsedMs < MINUTE_MS) return 'just now';
  if (elapsedMs < HOUR_MS) return `${Math.floor(elapsedMs / MINUTE_MS)} min ago`;
  if (elapsedMs < DAY_MS) return `${Math.floor(elapsedMs / HOUR_MS)} h ago`;
  if (elapsedMs >= LAST_RELATIVE_MS) return day.format(at);
  const days = Math.floor(elapsedMs / DAY_MS);
  return `${days} ${days === 1 ? 'day' : 'days'} ago`;
}
