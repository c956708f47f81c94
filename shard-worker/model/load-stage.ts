// From a range of layers to something that computes them: try the device, cut, fetch just those bytes, build the session.

import type { LentMemory } from '../../protocol/lend-memory.ts';
import { TOP_CANDIDATES } from '../../protocol/limits.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import { createOrtExecutor } from '../engine/ort-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { type LoadProgress, loadBlobs } from '../hub/load-blobs.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';
import { divideMemory } from './divide-memory.ts';
import { executorShape } from './executor-shape.ts';
import type { OpenModel } from './open-model.ts';
import { tryRuns } from './try-runs.ts';

export interface LoadStageOptions {
  lent: LentMemory;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** Loads layers `[start, end)`. Throws what the trial of a GPU, the download or the runtime failed with. */
export async function loadStage(
  runtime: OrtRuntime,
  model: OpenModel,
  range: { start: number; end: number },
  { lent, onProgress, signal }: LoadStageOptions,
): Promise<LayerExecutor> {
  const { bounds } = await tryRuns(runtime, model);
  const slice = sliceGraph(model.graph, range, { topK: TOP_CANDIDATES, maxContext: model.manifest.maxContext });
  const blobs = await loadBlobs(slice.blobs, (file) => model.openWeights(file), {
    onProgress,
    signal,
  });
  const shares = divideMemory(model.manifest, range, lent, runtime.backend);
  return createOrtExecutor({ runtime, slice, blobs, ...executorShape(model), ...shares, bounds });
}
