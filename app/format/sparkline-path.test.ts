import { expect, test } from 'vitest';
import { drawSparkline } from './sparkline-path.ts';

test('one value is no line', () => {
  expect(drawSparkline([], 100, 20)).toBe('');
  expect(drawSparkline([3], 100, 20)).toBe('');
});

test('the newest value is at the right edge and the largest at the top', () => {
  expect(drawSparkline([0, 5, 10], 100, 20, 3)).toBe('M0.0 20.0L50.0 10.0L100.0 0.0');
});

test('a short history fills from the right', () => {
  expect(drawSparkline([10, 10], 100, 20, 5)).toBe('M75.0 0.0L100.0 0.0');
});

test('silence is a line at the bottom, not a division by zero', () => {
  expect(drawSparkline([0, 0], 100, 20, 2)).toBe('M0.0 20.0L100.0 20.0');
});

test('only the last values are drawn', () => {
  expect(drawSparkline([99, 0, 0], 10, 10, 2)).toBe('M0.0 10.0L10.0 10.0');
});
