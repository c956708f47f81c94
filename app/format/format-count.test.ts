import { expect, test } from 'vitest';
import { formatCount, formatPlural, formatRate } from './format-count.ts';

test('counts are grouped', () => {
  expect(formatCount(0)).toBe('0');
  expect(formatCount(1_234_567)).toBe('1,234,567');
});

test('one is singular, none and many are plural', () => {
  expect(formatPlural(0, 'tab')).toBe('0 tabs');
  expect(formatPlural(1, 'tab')).toBe('1 tab');
  expect(formatPlural(1200, 'token')).toBe('1,200 tokens');
});

test.each([
  [41.24, '41.2 tok/s'],
  [0.51, '0.5 tok/s'],
  [99.96, '100 tok/s'],
  [1234, '1,234 tok/s'],
  [0, '– tok/s'],
  [Number.NaN, '– tok/s'],
  [Number.POSITIVE_INFINITY, '– tok/s'],
])('a rate of %d reads as %s', (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});
