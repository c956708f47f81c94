import { expect, test } from 'vitest';
import { progressBar } from './progress-bar.ts';

test.each([
  [0, 0, '[....]'],
  [1, 4, '[#...]'],
  [399, 400, '[###.]'],
  [400, 400, '[####]'],
  [500, 400, '[####]'],
])('%d of %d', (part, whole, bar) => {
  expect(progressBar(part, whole, 4)).toBe(bar);
});
