import { expect, test } from 'vitest';
import { formatBytes } from './format-bytes.ts';

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1536, '1.54 kB'],
  [128_400_000, '128 MB'],
  [1_240_000_000, '1.24 GB'],
  [2.5e12, '2.5 TB'],
  [9.9e15, '9900 TB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('rounding up crosses into the next unit', () => {
  expect(formatBytes(999_999)).toBe('1 MB');
});

test('what is no size reads as nothing', () => {
  expect(formatBytes(Number.NaN)).toBe('0 B');
  expect(formatBytes(-5)).toBe('0 B');
  expect(formatBytes(Number.POSITIVE_INFINITY)).toBe('0 B');
});
