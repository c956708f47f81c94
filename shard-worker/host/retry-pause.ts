// How long to wait before another try at a server that is away. Pure but for chance.

/** A server that starts anew is back within some twenty seconds, also on a slow machine: so many tries come quickly. */
const QUICK_TRIES = 25;
const QUICK_MS = 800;
const LONGEST_MS = 15_000;

/**
 * Milliseconds before try number `tries` + 1. Spread from half of it to one and a half, so that a thousand tabs do not come at
 * once.
 */
export function retryPauseMs(tries: number, random: () => number = Math.random): number {
  const pauseMs = tries < QUICK_TRIES ? QUICK_MS : QUICK_MS * 2 ** (tries - QUICK_TRIES + 1);
  return Math.min(LONGEST_MS, pauseMs) * (0.5 + random());
}
