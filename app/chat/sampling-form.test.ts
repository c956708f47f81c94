import { expect, test } from 'vitest';
import { samplingSchema } from '../../protocol/sampling.ts';
import { EMPTY_SAMPLING, readSampling, samplingRequest } from './sampling-form.ts';

test('an empty form asks for nothing, so that the model’s defaults hold', () => {
  expect(samplingRequest(EMPTY_SAMPLING)).toEqual({});
});

test('zero is a value, not an empty field', () => {
  expect(samplingRequest({ ...EMPTY_SAMPLING, temperature: '0', seed: ' 7 ' })).toEqual({ temperature: 0, seed: 7 });
});

test.each([
  ['temperature', '6'],
  ['temperature', 'warm'],
  ['topP', '0'],
  ['topP', '1.1'],
  ['topK', '2.5'],
  ['seed', '-1'],
  ['seed', '1e300'],
  ['maxTokens', '0'],
] as const)('%s %s is refused with a sentence and not sent', (field, text) => {
  expect(readSampling(field, text).problem).toMatch(/\.$/);
  expect(samplingRequest({ ...EMPTY_SAMPLING, [field]: text })).toEqual({});
});

test('what the form lets through fits the wire', () => {
  const extremes = [
    { temperature: '0', topP: '0.001', topK: '0', seed: '0', maxTokens: '1' },
    { temperature: '5', topP: '1', topK: '1000000', seed: String(Number.MAX_SAFE_INTEGER), maxTokens: '9' },
  ];
  for (const form of extremes) {
    const { maxTokens, ...sampling } = samplingRequest(form);
    expect(samplingSchema.safeParse(sampling).success).toBe(true);
    expect(maxTokens).toBeGreaterThan(0);
  }
});
