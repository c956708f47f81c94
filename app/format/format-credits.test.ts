import { expect, test } from 'vitest';
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { formatCreditAmount, formatCredits, formatCreditsTo, formatSignedCredits } from './format-credits.ts';

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

test.each([
  [10_000_180, 180, '10.00018'],
  [10_000_360, 180, '10.00036'],
  [1_234_567_000_001, 1, '1,234,567.000001'],
  [12_500_000, 2_500_000, '12.5'],
  [180, 180, '0.00018'],
  [10_000_180, 0, '10'],
  [-1_000_180, 180, '−1.00018'],
  [Number.NaN, 180, '–'],
])('D6: %d micros that moved by %d read %s', (micros, step, text) => {
  expect(formatCreditsTo(micros, step)).toBe(text);
});

test('D6: whatever one answer brings, the figure before it and the one after it differ', () => {
  for (let step = 1; step < MICROS_PER_CREDIT; step = Math.ceil(step * 1.7)) {
    for (const before of [0, 10 * MICROS_PER_CREDIT, 123_456_789]) {
      expect(formatCreditAmount(before + step, step)).not.toBe(formatCreditAmount(before, step));
    }
  }
});
