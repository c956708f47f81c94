// Cuts a model's layers into one contiguous range per stage so that the slowest stage is as fast as it can be and every
// range fits its tab. Pure and exact (dynamic programming). Never reorders or drops a stage: that is the planner's.
import { kvBytesPerLayer, type ModelManifest } from '../../protocol/manifest.ts';

/** What the partitioner needs of a tab. */
export interface StageCapacity {
  msPerLayer: number;
  /** Bytes for weights and KV cache together. */
  memoryBytes: number;
}

/** Layers `[start, end)`. */
export interface LayerRange {
  start: number;
  end: number;
}

export type Partition =
  | { feasible: true; ranges: LayerRange[]; slowestMs: number }
  | { feasible: false; reason: 'no-stages' | 'more-stages-than-layers' }
  /** `missingBytes`: how much more these stages would have to lend, summed, at the layout that comes nearest. */
  | { feasible: false; reason: 'out-of-memory'; missingBytes: number };

/** Bytes that a stage with layers `[start, end)` holds: weights, plus the KV cache of one session of `contextTokens`. */
export function rangeBytes(manifest: ModelManifest, contextTokens: number): (start: number, end: number) => number {
  const kvBytes = kvBytesPerLayer(manifest, contextTokens);
  const before = [0];
  for (let layer = 0; layer < manifest.layers; layer += 1) {
    before.push((before[layer] ?? 0) + (manifest.layerBytes[layer] ?? 0) + kvBytes);
  }
  return (start, end) =>
    (before[end] ?? 0) -
    (before[start] ?? 0) +
    manifest.sharedBytes +
    (start === 0 ? manifest.embeddingBytes : 0) +
    (end === manifest.layers ? manifest.headBytes : 0) -
    (start === 0 && end === manifest.layers ? manifest.tiedBytes : 0);
}

/**
 * Gives each stage, in order, at least one layer. Minimises the slowest stage (layers × msPerLayer), then the sum of
 * squared stage times, so that the rest is even too. Takes O(stages × layers²) at worst, and seldom near it.
 */
export function partitionLayers(
  manifest: ModelManifest,
  stages: readonly StageCapacity[],
  contextTokens = manifest.maxContext,
): Partition {
  const { layers } = manifest;
  if (stages.length === 0) return { feasible: false, reason: 'no-stages' };
  if (stages.length > layers) return { feasible: false, reason: 'more-stages-than-layers' };
  const bytesOf = rangeBytes(manifest, contextTokens);
  const msOf = (stage: StageCapacity, start: number, end: number): number => (end - start) * stage.msPerLayer;
  const fits = (stage: StageCapacity, start: number, end: number): boolean => bytesOf(start, end) <= stage.memoryBytes;

  const slowest = cheapestCut(layers, stages, Math.max, (stage, start, end) =>
    fits(stage, start, end) ? msOf(stage, start, end) : Number.POSITIVE_INFINITY,
  );
  if (!slowest) {
    const missing = cheapestCut(layers, stages, add, (stage, start, end) =>
      Math.max(0, bytesOf(start, end) - stage.memoryBytes),
    );
    return { feasible: false, reason: 'out-of-memory', missingBytes: missing?.cost ?? 0 };
  }
  // A second pass, because the best prefix for the maximum need not be the best one for the sum of squares.
  const even = cheapestCut(layers, stages, add, (stage, start, end) => {
    const ms = msOf(stage, start, end);
    return ms <= slowest.cost && fits(stage, start, end) ? ms * ms : Number.POSITIVE_INFINITY;
  });
  return { feasible: true, ranges: (even ?? slowest).ranges, slowestMs: slowest.cost };
}

const add = (left: number, right: number): number => left + right;

/**
 * The cut of all layers with the least cost; undefined when every cut costs infinity. Ties go to longer early stages.
 * `costOf` is one stage's cost: it may only grow with the range, which lets the search stop early. `join` is a sum or a
 * maximum.
 */
function cheapestCut(
  layers: number,
  stages: readonly StageCapacity[],
  join: (before: number, own: number) => number,
  costOf: (stage: StageCapacity, start: number, end: number) => number,
): { cost: number; ranges: LayerRange[] } | undefined {
  // best[end]: least cost at which the stages so far cover [0, end). starts[s][end]: where stage s then starts.
  let best = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  const starts: Uint16Array[] = [];
  stages.forEach((stage, index) => {
    const next = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Uint16Array(layers + 1);
    const stagesAfter = stages.length - index - 1;
    for (let end = index + 1; end <= layers - stagesAfter; end += 1) {
      let least = Number.POSITIVE_INFINITY;
      for (let start = end - 1; start >= index; start -= 1) {
        const own = costOf(stage, start, end);
        if (own >= least) break;
        const cost = join(best[start] ?? Number.POSITIVE_INFINITY, own);
        if (cost >= least) continue;
        least = cost;
        from[end] = start;
      }
      next[end] = least;
    }
    best = next;
    starts.push(from);
  });
  const cost = best[layers] ?? Number.POSITIVE_INFINITY;
  if (cost === Number.POSITIVE_INFINITY) return undefined;
  const ranges: LayerRange[] = [];
  let end = layers;
  for (let stage = stages.length - 1; stage >= 0; stage -= 1) {
    const start = starts[stage]?.[end] ?? 0;
    ranges.unshift({ start, end });
    end = start;
  }
  return { cost, ranges };
}
