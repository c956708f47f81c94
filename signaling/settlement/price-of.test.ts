import { expect, test } from 'vitest';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { maxCost, priceOf } from './price-of.ts';

const manifest = (layerBytes: number): ModelManifest => ({
  ...{ graphSha256: '0'.repeat(64), layers: 4, hiddenSize: 64, vocabSize: 100, activation: 'float32' },
  ...{ kvHeads: 1, headDim: 64, maxContext: 128, layerBytes: [layerBytes, layerBytes, layerBytes, layerBytes] },
  ...{ embeddingBytes: 1000, headBytes: 1000, sharedBytes: 0, tiedBytes: 1000 },
});

test('a token costs what its weights weigh, a prompt token a quarter of it', () => {
  expect(priceOf(manifest(250_000_000))).toEqual({ completionMicros: 251, promptMicros: 63 });
  expect(priceOf(manifest(10))).toEqual({ completionMicros: 1, promptMicros: 1 });
  expect(priceOf(manifest(0), undefined, { bytesPerMicro: 100, promptShare: 1 })).toEqual({
    completionMicros: 10,
    promptMicros: 10,
  });
});

test('what the operator set goes before', () => {
  const set = { promptMicros: 0, completionMicros: 3 };
  expect(priceOf(manifest(10), set)).toBe(set);
});

test('the most that an order may cost', () => {
  const price = { promptMicros: 2, completionMicros: 5 };
  expect(maxCost({ promptTokens: 10, maxTokens: 4, choices: 3, price })).toBe(120);
  const dear = { promptMicros: Number.MAX_SAFE_INTEGER, completionMicros: 1 };
  expect(() => maxCost({ promptTokens: 2, maxTokens: 1, choices: 1, price: dear })).toThrow(
    expect.objectContaining({ code: 'bad-request' }),
  );
});
