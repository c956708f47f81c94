import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('passes a burst, then the steady rate', () => {
  const bucket = new TokenBucket(10, 3, 0);
  expect([0, 0, 0, 0].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, true, false]);
  expect(bucket.take(99)).toBe(false);
  expect(bucket.take(100)).toBe(true);
  expect(bucket.take(100)).toBe(false);
});

it('never saves up more than the burst', () => {
  const bucket = new TokenBucket(10, 2, 0);
  expect([1e9, 1e9, 1e9].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, false]);
});

it('gains nothing from a clock that is set back', () => {
  const bucket = new TokenBucket(1, 1, 10_000);
  expect(bucket.take(10_000)).toBe(true);
  expect(bucket.take(0)).toBe(false);
  expect(bucket.take(10_500)).toBe(false);
  expect(bucket.take(11_000)).toBe(true);
});
