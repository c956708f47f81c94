import { expect, test } from 'vitest';
import { kvBytesPerLayer, type ModelManifest, manifestSchema, stageBytes } from './manifest.ts';

const manifest: ModelManifest = {
  graphSha256: 'ab'.repeat(32),
  layers: 4,
  hiddenSize: 64,
  vocabSize: 1000,
  activation: 'float32',
  kvHeads: 2,
  headDim: 16,
  maxContext: 1024,
  layerBytes: [10, 20, 30, 40],
  embeddingBytes: 500,
  headBytes: 700,
  sharedBytes: 3,
  tiedBytes: 0,
};

test.each([
  [0, 4, 10 + 20 + 30 + 40 + 3 + 500 + 700],
  [0, 2, 10 + 20 + 3 + 500],
  [1, 3, 20 + 30 + 3],
  [3, 4, 40 + 3 + 700],
])('the stage [%i, %i) holds %i bytes', (start, end, bytes) => {
  expect(stageBytes(manifest, start, end)).toBe(bytes);
});

test.each([
  [0, 4, 10 + 20 + 30 + 40 + 3 + 500 + 700 - 400],
  [0, 3, 10 + 20 + 30 + 3 + 500],
  [2, 4, 30 + 40 + 3 + 700],
  [1, 2, 20 + 3],
])('with 400 tied bytes the stage [%i, %i) holds %i bytes', (start, end, bytes) => {
  expect(stageBytes({ ...manifest, tiedBytes: 400 }, start, end)).toBe(bytes);
});

test('a layer’s KV cache is keys and values of all heads', () => {
  expect(kvBytesPerLayer(manifest, 100)).toBe(2 * 2 * 100 * 16 * 4);
  expect(kvBytesPerLayer({ ...manifest, activation: 'float16' }, 100)).toBe(2 * 2 * 100 * 16 * 2);
  expect(kvBytesPerLayer(manifest)).toBe(kvBytesPerLayer(manifest, 1024));
});

test('a manifest crosses as JSON', () => {
  expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
});

test.each<Partial<Record<keyof ModelManifest, unknown>>>([
  { graphSha256: 'ab' },
  { layers: 0 },
  { layers: 1025 },
  { layers: 1.5 },
  { hiddenSize: 0 },
  { vocabSize: -1 },
  { activation: 'int8' },
  { maxContext: Number.POSITIVE_INFINITY },
  { layerBytes: [] },
  { layerBytes: [-1] },
  { layerBytes: new Array(1025).fill(1) },
  { headBytes: Number.NaN },
  { sharedBytes: undefined },
  { tiedBytes: undefined },
  { tiedBytes: -1 },
  { tiedBytes: 501 },
  { tiedBytes: 600, embeddingBytes: 700, headBytes: 500 },
])('%j is refused', (change) => {
  expect(manifestSchema.safeParse({ ...manifest, ...change }).success).toBe(false);
});
