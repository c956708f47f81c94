// Finds, among tabs that cannot all take part, the most that can. Pure; asked only when a plain cut does not fit.
import type { ModelManifest } from '../../protocol/manifest.ts';
import { rangeBytes, type StageCapacity } from './partition-layers.ts';

const SKIPPED = -1;

/**
 * Indices, in order, of the most stages that together hold every layer, each with at least one layer and within its
 * memory. Empty when no choice holds the model. Takes O(stages × layers).
 */
export function fitPeers(manifest: ModelManifest, stages: readonly StageCapacity[], contextTokens: number): number[] {
  const { layers } = manifest;
  const bytesOf = rangeBytes(manifest, contextTokens);
  // most[end]: most stages used so far that cover [0, end) exactly; -1 when none do.
  let most = new Int16Array(layers + 1).fill(-1);
  most[0] = 0;
  const starts: Int16Array[] = [];
  for (const stage of stages) {
    const next = most.slice();
    const from = new Int16Array(layers + 1).fill(SKIPPED);
    // A range never needs less when it starts earlier, so the first start that fits only moves forward with the end:
    // a sliding window, whose best start is at the head of a queue of falling values.
    const queue: number[] = [];
    for (let end = 1, first = 0; end <= layers; end += 1) {
      const latest = most[end - 1] ?? -1;
      while (queue.length > 0 && (most[queue.at(-1) ?? 0] ?? -1) < latest) queue.pop();
      queue.push(end - 1);
      while (first < end && bytesOf(first, end) > stage.memoryBytes) first += 1;
      while (queue.length > 0 && (queue[0] ?? 0) < first) queue.shift();
      const [start] = queue;
      const used = start === undefined ? -1 : (most[start] ?? -1);
      if (start === undefined || used < 0 || used + 1 <= (next[end] ?? -1)) continue;
      next[end] = used + 1;
      from[end] = start;
    }
    most = next;
    starts.push(from);
  }
  const chosen: number[] = [];
  for (let stage = stages.length - 1, end = layers; stage >= 0 && (most[layers] ?? -1) > 0; stage -= 1) {
    const start = starts[stage]?.[end] ?? SKIPPED;
    if (start === SKIPPED) continue;
    chosen.unshift(stage);
    end = start;
  }
  return chosen;
}
