import { expect, test } from 'vitest';
import { GREEDY, samplingSchema } from './sampling.ts';

test.each([
  GREEDY,
  { temperature: 0.7, topK: 40, topP: 0.95, seed: 42 },
  { temperature: 5, topK: 1_000_000, topP: 1, seed: Number.MAX_SAFE_INTEGER },
])('%j crosses as JSON', (sampling) => {
  expect(samplingSchema.parse(JSON.parse(JSON.stringify(sampling)))).toEqual(sampling);
});

test.each([
  { temperature: -0.1 },
  { temperature: 5.1 },
  { temperature: Number.NaN },
  { topK: -1 },
  { topK: 1.5 },
  { topP: 0 },
  { topP: 1.01 },
  { seed: -1 },
  { seed: 0.5 },
  { seed: Number.MAX_SAFE_INTEGER + 1 },
  { seed: '1' },
])('%j is refused', (change) => {
  expect(samplingSchema.safeParse({ ...GREEDY, ...change }).success).toBe(false);
});
