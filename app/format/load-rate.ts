// How fast a download comes and how long it will take, from what was there at which moment. Pure.

/** Bytes that were there at a moment, by one clock. */
export interface LoadSample {
  readonly atMs: number;
  readonly bytes: number;
}

/** A rate of less would jump about, one of more would not see that the line has changed. */
const WINDOW_MS = 5_000;
/** Nothing is said of what is younger: the first bytes come in a burst. */
const LEAST_MS = 1_000;

/** With one more; those that are too old are let go, but for one at the beginning of the window. */
export function noteLoaded(samples: readonly LoadSample[], sample: LoadSample): readonly LoadSample[] {
  // Something else is loaded now.
  if (samples.some(({ bytes }) => bytes > sample.bytes)) return [sample];
  const fresh = samples.findIndex(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
  return [...samples.slice(fresh < 0 ? -1 : Math.max(0, fresh - 1)), sample];
}

/** Undefined while too little is known. `leftMs` is infinite where nothing comes. */
export function rateOf(
  samples: readonly LoadSample[],
  totalBytes: number,
): { bytesPerSecond: number; leftMs: number } | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < LEAST_MS) return undefined;
  const bytesPerSecond = (1000 * (last.bytes - first.bytes)) / (last.atMs - first.atMs);
  return { bytesPerSecond, leftMs: (1000 * Math.max(0, totalBytes - last.bytes)) / bytesPerSecond };
}
