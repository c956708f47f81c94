import { expect, test } from 'vitest';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { divideMemory } from './divide-memory.ts';

const manifest: ModelManifest = {
  graphSha256: '0'.repeat(64),
  layers: 2,
  hiddenSize: 8,
  vocabSize: 32,
  activation: 'float32',
  kvHeads: 2,
  headDim: 4,
  maxContext: 100_000,
  layerBytes: [1000, 1000],
  embeddingBytes: 300,
  headBytes: 200,
  sharedBytes: 0,
  tiedBytes: 0,
};
const whole = { start: 0, end: 2 };
/** Keys and values of both layers at the 4,096 positions that the planner counts. */
const SESSION = 2 * 2 * 2 * 4 * 4096 * 4;

test.each([
  ['half of what is free is for caches', 2500 + 10 * SESSION, 5 * SESSION, 5 * SESSION],
  ['one session has its room before anything is unpacked', 2500 + 1.5 * SESSION, SESSION, 0.5 * SESSION],
  ['less than a session is all for its cache', 2500 + 1000, 1000, 0],
  ['less than the weights leaves nothing', 100, 0, 0],
])('%s', (_name, memoryBytes, kvBytes, unpackBytes) => {
  expect(divideMemory(manifest, whole, { memoryBytes }, 'wasm')).toEqual({ kvBytes, unpackBytes });
});

test('nothing is unpacked on WebGPU, nor where the person wants weights packed', () => {
  const memoryBytes = 2500 + 10 * SESSION;
  expect(divideMemory(manifest, whole, { memoryBytes }, 'webgpu').unpackBytes).toBe(0);
  expect(divideMemory(manifest, whole, { memoryBytes, keepPacked: true }, 'wasm').unpackBytes).toBe(0);
});
