import { expect, test } from 'vitest';
import { median, quantile, summarise } from './quantile.ts';

test('quantiles are samples that were there', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(quantile([1, 2, 3, 4], 0)).toBe(1);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  expect(quantile([5], 0.99)).toBe(5);
  expect(summarise([2, 9, 4])).toEqual({ median: 4, range: [2, 9] });
});

test('no samples, no quantile', () => {
  expect(() => median([])).toThrow(RangeError);
});
