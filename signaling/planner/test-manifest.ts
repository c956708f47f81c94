// A small manifest for tests. Used by tests only.
import type { ModelManifest } from '../../protocol/manifest.ts';

/** Layers of 1,000 bytes; embedding and head of 3,000 each; 8 bytes of KV per token and layer. */
export function manifestOf(fields: Partial<ModelManifest> = {}): ModelManifest {
  const layers = fields.layers ?? 4;
  return {
    graphSha256: 'a'.repeat(64),
    layers,
    hiddenSize: 16,
    vocabSize: 64,
    activation: 'float32',
    kvHeads: 1,
    headDim: 1,
    maxContext: 32,
    layerBytes: Array.from({ length: layers }, () => 1000),
    embeddingBytes: 3000,
    headBytes: 3000,
    sharedBytes: 100,
    tiedBytes: 0,
    ...fields,
  };
}
