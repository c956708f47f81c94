import { expect, test } from 'vitest';
import { type CandidateRow, gumbelNoise, sampleToken } from './sample-token.ts';

/** A row as the exit stage makes it from whole logits: the k best, log-sum-exp, and the rest on demand. */
function rowOf(logits: number[], k: number, temperature: number): CandidateRow & { fullReads: number } {
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, k);
  const row = {
    values: Float32Array.from(order, (id) => logits[id]!),
    ids: Int32Array.from(order),
    logSumExp: Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit / (temperature || 1)), 0)),
    fullReads: 0,
    fullLogits: async () => {
      row.fullReads++;
      return Float32Array.from(logits);
    },
  };
  return row;
}

const logits = [0.1, 2.5, -1, 2.4, 0.7, 1.9, -3, 0];
const base = { temperature: 1, topK: 0, topP: 1, seed: 7 };

async function frequencies(sampling: typeof base, k: number, draws = 4000): Promise<number[]> {
  const counts = logits.map(() => 0);
  for (let position = 0; position < draws; position++) {
    const id = await sampleToken(rowOf(logits, k, sampling.temperature), sampling, position);
    counts[id]!++;
  }
  return counts.map((count) => count / draws);
}

function softmax(values: number[], temperature: number): number[] {
  const weights = values.map((value) => Math.exp(value / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

test('temperature 0 is the argmax, the lowest id among equals', async () => {
  expect(await sampleToken(rowOf(logits, 4, 0), { ...base, temperature: 0 }, 3)).toBe(1);
  const tied = { values: Float32Array.of(5, 5, 1), ids: Int32Array.of(9, 2, 4), logSumExp: 6 };
  expect(await sampleToken(tied, { ...base, temperature: 0 }, 0)).toBe(2);
});

test('draws follow the softmax at the temperature (3 sigma)', async () => {
  for (const temperature of [0.5, 1, 1.5]) {
    const expected = softmax(logits, temperature);
    const seen = await frequencies({ ...base, temperature }, 4);
    for (const [id, p] of expected.entries()) {
      expect(Math.abs(seen[id]! - p)).toBeLessThan(3.5 * Math.sqrt((p * (1 - p)) / 4000) + 1e-9);
    }
  }
});

test('top-k keeps k tokens and top-p the nucleus of what top-k left', async () => {
  const topK = await frequencies({ ...base, topK: 2 }, 4);
  expect(topK.map((p, id) => (p > 0 ? id : -1)).filter((id) => id >= 0)).toEqual([1, 3]);
  const cut = await frequencies({ ...base, topK: 3, topP: 0.7 }, 4);
  // The first two of {1, 3, 5}, with weights e^2.5, e^2.4, e^1.9, reach 0.74 ≥ 0.7.
  expect(cut.map((p, id) => (p > 0 ? id : -1)).filter((id) => id >= 0)).toEqual([1, 3]);
});

test('candidates and whole logits give the same token, and the whole row is read only when it must be', async () => {
  for (let position = 0; position < 500; position++) {
    for (const sampling of [
      { ...base, topK: 3, topP: 0.8 },
      { ...base, topP: 0.6 },
      { ...base, topP: 0.99 },
      { ...base, topK: 6 },
    ]) {
      const few = rowOf(logits, 4, 1);
      const all = rowOf(logits, logits.length, 1);
      expect(await sampleToken(few, sampling, position)).toBe(await sampleToken(all, sampling, position));
      expect(few.fullReads).toBe(sampling.topP === 0.99 || sampling.topK === 6 ? 1 : 0);
    }
  }
});

test('noise depends on seed, position and token, and on nothing else', () => {
  expect(gumbelNoise(1, 2, 3)).toBe(gumbelNoise(1, 2, 3));
  const values = [gumbelNoise(1, 2, 3), gumbelNoise(2, 2, 3), gumbelNoise(1, 3, 3), gumbelNoise(1, 2, 4)];
  expect(new Set(values).size).toBe(4);
  expect(gumbelNoise(2 ** 40, 2, 3)).not.toBe(gumbelNoise(0, 2, 3));
});
