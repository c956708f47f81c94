import { expect, test } from 'vitest';
import { compareRow, summariseRows } from './logit-error.ts';

const row = (...logits: number[]) => Float32Array.from(logits);

test('equal rows are no distance apart', () => {
  expect(compareRow(row(1, -2, 3), row(1, -2, 3))).toEqual({ maxAbs: 0, meanAbs: 0, kl: 0, sameGreedy: true });
});

test('a shift of all logits moves none of the chances', () => {
  const { maxAbs, meanAbs, kl, sameGreedy } = compareRow(row(1, 2, 0), row(1.5, 2.5, 0.5));
  expect([maxAbs, meanAbs, sameGreedy]).toEqual([0.5, 0.5, true]);
  expect(kl).toBeLessThan(1e-7);
});

test('divergence of two known distributions, and another greedy token', () => {
  // 3/4 and 1/4 against 1/4 and 3/4: (3/4 - 1/4) ln 3.
  const { kl, sameGreedy } = compareRow(row(Math.log(3), 0), row(0, Math.log(3)));
  expect(kl).toBeCloseTo(0.5 * Math.log(3), 6);
  expect(sameGreedy).toBe(false);
});

test('a NaN is not hidden', () => {
  expect(compareRow(row(0, 1), row(0, Number.NaN)).maxAbs).toBeNaN();
});

test('positions are pooled', () => {
  const rows = [compareRow(row(0, 1), row(0, 1)), compareRow(row(0, 1), row(2, 1))];
  expect(summariseRows(rows)).toMatchObject({ positions: 2, maxAbs: 2, meanAbs: 0.5, sameGreedy: 0.5 });
});
