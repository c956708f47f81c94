// What an executor needs to know of a model, whichever of its layers it holds.
import type { OrtExecutorOptions } from '../engine/ort-executor.ts';
import { cpuNodeNames } from './cpu-nodes.ts';
import type { MemoryShares } from './divide-memory.ts';
import { hasFusedAttention } from './has-fused-attention.ts';
import type { OpenModel } from './open-model.ts';

/** A model whose graph is read. */
export type ReadModel = Pick<OpenModel, 'graph' | 'decoder' | 'manifest'>;

/** Shapes that an executor needs to know of a model. */
export function executorShape({
  graph,
  decoder,
  manifest,
}: ReadModel): Omit<OrtExecutorOptions, 'runtime' | 'slice' | 'blobs' | 'bounds' | keyof MemoryShares> {
  const { hiddenSize, activation, kvHeads, headDim, kv } = decoder;
  const fusedAttention = hasFusedAttention(graph, kv);
  const cpuNodes = cpuNodeNames(graph);
  return { hiddenSize, activation, kvHeads, headDim, fusedAttention, cpuNodes, maxContext: manifest.maxContext };
}
