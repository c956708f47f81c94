import { expect, test } from 'vitest';
import { formatMs } from './format-ms.ts';

test.each([
  [0, '0.0 ms'],
  [3.21, '3.2 ms'],
  [9.97, '10 ms'],
  [120.4, '120 ms'],
  [999.6, '1.0 s'],
  [1530, '1.5 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d milliseconds read as %s', (milliseconds, text) => {
  expect(formatMs(milliseconds)).toBe(text);
});

test('an unknown duration is a dash, not a number', () => {
  expect(formatMs(Number.NaN)).toBe('–');
  expect(formatMs(-1)).toBe('–');
});
