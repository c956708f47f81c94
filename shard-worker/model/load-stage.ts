// From a range of layers to something that computes them: cut, fetch just those bytes, build the session.

import { TOP_CANDIDATES } from '../../protocol/limits.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import { createOrtExecutor, type OrtExecutorOptions } from '../engine/ort-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { type LoadProgress, loadBlobs } from '../hub/load-blobs.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';
import type { LentMemory } from '../words/lend-memory.ts';
import { cpuNodeNames } from './cpu-nodes.ts';
import { divideMemory, type MemoryShares } from './divide-memory.ts';
import { hasFusedAttention } from './has-fused-attention.ts';
import type { OpenModel } from './open-model.ts';

/** Shapes that an executor needs to know of a model. */
export function executorShape(
  model: OpenModel,
): Omit<OrtExecutorOptions, 'runtime' | 'slice' | 'blobs' | keyof MemoryShares> {
  const { hiddenSize, activation, kvHeads, headDim, kv } = model.decoder;
  const fusedAttention = hasFusedAttention(model.graph, kv);
  const cpuNodes = cpuNodeNames(model.graph);
  return { hiddenSize, activation, kvHeads, headDim, fusedAttention, cpuNodes, maxContext: model.manifest.maxContext };
}

export interface LoadStageOptions {
  lent: LentMemory;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** Loads layers `[start, end)`. Throws what the download or the runtime failed with. */
export async function loadStage(
  runtime: OrtRuntime,
  model: OpenModel,
  range: { start: number; end: number },
  { lent, onProgress, signal }: LoadStageOptions,
): Promise<LayerExecutor> {
  const slice = sliceGraph(model.graph, range, { topK: TOP_CANDIDATES, maxContext: model.manifest.maxContext });
  const blobs = await loadBlobs(slice.blobs, (file) => model.openWeights(file), {
    onProgress,
    signal,
  });
  const shares = divideMemory(model.manifest, range, lent, runtime.backend);
  return createOrtExecutor({ runtime, slice, blobs, ...executorShape(model), ...shares });
}
