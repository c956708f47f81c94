import { expect, test } from 'vitest';
import { formatCreditAmount, formatCredits, formatSignedCredits } from './format-credits.ts';

test.each([
  [0, '0'],
  [1_250_000, '1.25'],
  [1_234_567_890_000, '1,234,567.89'],
  [10_000, '0.01'],
  [1_240, '0.0012'],
  [1, '0.000001'],
  [-500_000, '−0.5'],
  [-3, '−0.000003'],
  [Number.NaN, '–'],
])('%d micros read %s', (micros, text) => {
  expect(formatCredits(micros)).toBe(text);
});

test('lines of a statement carry their sign', () => {
  expect([2_000_000, -2_000_000, 0].map(formatSignedCredits)).toEqual(['+2', '−2', '0']);
});

test('one credit is no plural, a rounded one neither', () => {
  expect(formatCreditAmount(1_000_000)).toBe('1 credit');
  expect(formatCreditAmount(1_000_001)).toBe('1 credit');
  expect(formatCreditAmount(0)).toBe('0 credits');
});
