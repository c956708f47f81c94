// Since when the server is away, and when it is tried next, in one sentence or two. Pure: the present is a parameter.
import type { ServerAway } from '../../shard-worker/index.ts';
import { formatText } from '../text/english/format.ts';

/** All by the page's own clock (`performance.now()`). */
export function awayLine({ sinceMs, nextTryMs }: ServerAway, nowMs: number): string {
  const leftMs = nextTryMs - nowMs;
  const { next, now, since } = formatText.away;
  const tried = leftMs > 0 ? next(span(Math.ceil(leftMs / 1000))) : now;
  return `${since(span(Math.max(0, Math.floor((nowMs - sinceMs) / 1000))))} ${tried}`;
}

/** Whole seconds, so that the line moves once a second. */
function span(seconds: number): string {
  const { time } = formatText;
  if (seconds < 60) return time.seconds(`${seconds}`);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? time.minutes(minutes, seconds % 60) : time.hours(Math.floor(minutes / 60), minutes % 60);
}
