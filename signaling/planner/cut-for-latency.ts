// Cuts layers so that one answer's lap is short: least sum of compute under memory limits. Pure and exact.
// The sibling `partitionLayers` makes the slowest stage fast instead, for many answers at once.
import type { LayerRange } from './partition-layers.ts';
import type { RingContext } from './ring-context.ts';

export interface LatencyCut {
  ranges: LayerRange[];
  /** Compute of a lap, the head at the exit included. */
  sumMs: number;
  slowestMs: number;
}

/**
 * The cut over the tabs `order`, each with at least one layer, with the least sum; no stage takes longer than `capMs`.
 * Undefined when none fits. Takes O(stages × layers): cost is linear in a range's length, so the best start of a range is the
 * least of `best[start] - ms × start` in a window that only moves forward.
 */
export function cutForLatency(
  context: RingContext,
  order: readonly number[],
  capMs = Number.POSITIVE_INFINITY,
): LatencyCut | undefined {
  const { layers, bytesOf, headLayers } = context;
  const stages = order.length;
  if (stages === 0 || stages > layers) return undefined;
  let best = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  const starts: Int16Array[] = [];
  for (let stage = 0; stage < stages; stage += 1) {
    const ms = context.msPerLayer[order[stage]!]!;
    const memory = context.memoryBytes[order[stage]!]!;
    const isExit = stage === stages - 1;
    const most = Math.floor((capMs * (1 + 1e-9)) / ms - (isExit ? headLayers : 0));
    const next = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int16Array(layers + 1).fill(-1);
    const window: number[] = [];
    let head = 0;
    let first = stage;
    for (let end = stage + 1; end <= layers - (stages - stage - 1); end += 1) {
      const own = best[end - 1]! - ms * (end - 1);
      while (window.length > head && best[window.at(-1)!]! - ms * window.at(-1)! >= own) window.pop();
      window.push(end - 1);
      // Only the exit's own end carries the head: its window must not be moved by ends that are none.
      if (isExit && end < layers) continue;
      while (first < end && (end - first > most || bytesOf(first, end) > memory)) first += 1;
      while (head < window.length && window[head]! < first) head += 1;
      const start = window[head];
      if (start === undefined || best[start] === Number.POSITIVE_INFINITY) continue;
      next[end] = best[start]! + ms * (end - start + (isExit ? headLayers : 0));
      from[end] = start;
    }
    best = next;
    starts.push(from);
  }
  const sumMs = best[layers]!;
  if (sumMs === Number.POSITIVE_INFINITY) return undefined;
  const ranges: LayerRange[] = [];
  let slowestMs = 0;
  for (let stage = stages - 1, end = layers; stage >= 0; stage -= 1) {
    const start = starts[stage]![end]!;
    const own = end - start + (stage === stages - 1 ? headLayers : 0);
    slowestMs = Math.max(slowestMs, own * context.msPerLayer[order[stage]!]!);
    ranges.unshift({ start, end });
    end = start;
  }
  return { ranges, sumMs, slowestMs };
}

/** Among all cuts whose sum is at most `slackMs` above the least, one with the least slowest stage (within 1 %). */
export function evenCut(context: RingContext, order: readonly number[], slackMs: number): LatencyCut | undefined {
  const least = cutForLatency(context, order);
  if (!least) return undefined;
  let best = least;
  let low = least.sumMs / order.length / 2;
  while (best.slowestMs > low * 1.01) {
    const capMs = (low + best.slowestMs) / 2;
    const cut = cutForLatency(context, order, capMs);
    if (cut && cut.sumMs <= least.sumMs + slackMs) best = cut;
    else low = capMs;
  }
  return best;
}
