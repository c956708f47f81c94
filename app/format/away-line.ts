// Since when the server is away, and when it is tried next, in one sentence or two. Pure: the present is a parameter.
import type { ServerAway } from '../../shard-worker/index.ts';

/** All by the page's own clock (`performance.now()`). */
export function awayLine({ sinceMs, nextTryMs }: ServerAway, nowMs: number): string {
  const leftMs = nextTryMs - nowMs;
  const next = leftMs > 0 ? `Next try in ${span(Math.ceil(leftMs / 1000))}.` : 'Trying again now.';
  return `Away for ${span(Math.max(0, Math.floor((nowMs - sinceMs) / 1000)))}. ${next}`;
}

/** Whole seconds, so that the line moves once a second. */
function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
