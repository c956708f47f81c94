import { expect, test } from 'vitest';
import { fitLine } from './fit-line.ts';

test('a line is found again, and between points that lie off it', () => {
  const exact = fitLine([1, 2, 4, 8].map((x) => [x, 3 + 0.5 * x]));
  expect(exact.fixed).toBeCloseTo(3, 12);
  expect(exact.slope).toBeCloseTo(0.5, 12);
  expect(
    fitLine([
      [0, 0],
      [1, 2],
      [2, 2],
    ]),
  ).toEqual({ fixed: expect.closeTo(1 / 3, 12), slope: expect.closeTo(1, 12) });
});

test('one x makes no line', () => {
  expect(() =>
    fitLine([
      [2, 1],
      [2, 5],
    ]),
  ).toThrow(RangeError);
});
