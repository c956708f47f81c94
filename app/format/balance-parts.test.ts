import { expect, test } from 'vitest';
import { splitBalance } from './balance-parts.ts';

test('the parts fill the bar', () => {
  expect(splitBalance(750, 250)).toEqual({ availablePercent: 75, heldPercent: 25 });
});

test.each([
  [0, 0],
  [-5, 0],
  [Number.NaN, 0],
])('%d and %d give an empty bar', (available, held) => {
  expect(splitBalance(available, held)).toEqual({ availablePercent: 0, heldPercent: 0 });
});
