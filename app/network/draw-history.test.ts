import { expect, test } from 'vitest';
import { drawArea, drawBars } from './draw-history.ts';

const BOX = { width: 100, height: 50, most: 5, top: 10 };

test('the newest point is at the right edge, whatever there is before it', () => {
  expect(drawArea([0, 5, 10], BOX, false)).toBe('M50 50L75 25L100 0');
  expect(drawArea([0, 5, 10], BOX)).toBe('M50 50L75 25L100 0L100 50L50 50Z');
  expect(drawArea([3], BOX)).toBe('');
  expect(drawArea([9, 9, 9, 9, 9, 0, 0, 0, 0, 0], BOX, false), 'older ones than fit are left out').not.toMatch(
    / 5(L|$)/,
  );
});

test('bars of two series stand side by side, and nothing is no bar', () => {
  expect(drawBars([0, 10], BOX, 0, 2)).toBe('M82 50V0h8V50Z');
  expect(drawBars([0, 5], BOX, 1, 2)).toBe('M90 50V25h8V50Z');
  expect(drawBars([0, 0], BOX, 0, 1)).toBe('');
});
