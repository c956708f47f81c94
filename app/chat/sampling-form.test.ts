import { expect, test } from 'vitest';
import { samplingSchema } from '../../protocol/sampling.ts';
import { EMPTY_SAMPLING, readSampling, SAMPLING_RULES, samplingRequest } from './sampling-form.ts';

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

test('the form’s bounds are the wire’s: each bound fits both, and what is beyond neither', () => {
  const fits = (field: keyof typeof samplingSchema.shape, value: number): boolean => {
    const inForm = readSampling(field, String(value)).problem === undefined;
    expect(samplingSchema.shape[field].safeParse(value).success, `${field} ${value}`).toBe(inForm);
    return inForm;
  };
  for (const field of ['temperature', 'topP', 'topK', 'seed'] as const) {
    const { min, max, integer } = SAMPLING_RULES[field];
    expect([fits(field, min), fits(field, max), fits(field, -1)]).toEqual([true, true, false]);
    // Beyond the largest seed there is no next whole number.
    expect(fits(field, field === 'seed' ? max + 1 : max + (integer ? 1 : 0.001))).toBe(false);
  }
});
