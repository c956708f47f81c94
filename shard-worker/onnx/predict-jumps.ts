// Guesses where a reader that jumps over weights will land next. Layers repeat, and so do the distances between the
// headers of their weights; what was seen one period ago is what comes now. Pure; a wrong guess costs bytes, never sense.

/** Distances of one kind differ by the length of a name, `layers.9` against `layers.10`. */
const SLACK_BYTES = 64;
/** Matching distances in a row before a period is believed. */
const MIN_MATCHES = 3;
/** Weights of one layer, scales and zero points counted: 21 in a plain quantised one, more with experts. */
const MAX_PERIOD = 128;

/**
 * Predicts the next landings.
 *
 * @param landings offsets in the file, ascending, the last being the present one.
 * @param count how many to predict at most.
 * @returns ascending offsets; each may be off by {@link SLACK_BYTES} per step. Empty while nothing repeats.
 */
export function predictJumps(landings: readonly number[], count: number): number[] {
  const distances = landings.slice(1).map((landing, at) => landing - landings[at]!);
  const period = findPeriod(distances);
  if (period === undefined) return [];
  const predicted: number[] = [];
  let at = landings.at(-1)!;
  for (let step = 0; step < count; step++) {
    at += distances[distances.length - period + (step % period)]!;
    predicted.push(at);
  }
  return predicted;
}

/** The shift at which the most recent distances repeat for longest; the shortest of these. */
function findPeriod(distances: readonly number[]): number | undefined {
  let best: { period: number; matches: number } | undefined;
  for (let period = 1; period <= Math.min(MAX_PERIOD, distances.length - MIN_MATCHES); period++) {
    let matches = 0;
    for (let at = distances.length - 1; at >= period; at--) {
      if (matches === 2 * MAX_PERIOD || Math.abs(distances[at]! - distances[at - period]!) > SLACK_BYTES) break;
      matches++;
    }
    if (matches >= MIN_MATCHES && matches > (best?.matches ?? 0)) best = { period, matches };
  }
  return best?.period;
}
