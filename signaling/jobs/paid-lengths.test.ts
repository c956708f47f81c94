import { expect, test } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { PaidLengths } from './paid-lengths.ts';

const POOL = poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4' });
const [A, B] = ['a', 'b'].map((name) => accountOwner(name as AccountId)) as [never, never];

test('each paid answer is gone on from once, by who paid it, in its pool, for a while', () => {
  let nowMs = 0;
  const paid = new PaidLengths(() => nowMs);
  expect(paid.take(A, POOL, 100)).toBe(0);
  for (const tokens of [30, 80]) paid.put(A, POOL, tokens);
  expect(paid.take(B, POOL, 100)).toBe(0);
  expect(paid.take(A, poolIdOf({ repo: 'a/c', revision: 'main', dtype: 'q4' }), 100)).toBe(0);
  // The longer one, and no more than the prompt has.
  expect(paid.take(A, POOL, 60)).toBe(60);
  expect(paid.take(A, POOL, 60)).toBe(30);
  expect(paid.take(A, POOL, 60)).toBe(0);
  paid.put(A, POOL, 30);
  nowMs = 10 * 60_000;
  expect(paid.take(A, POOL, 60)).toBe(0);
});

test('a short prompt leaves the long answer for a longer one', () => {
  const paid = new PaidLengths();
  for (const tokens of [80, 30]) paid.put(A, POOL, tokens);
  expect(paid.take(A, POOL, 20)).toBe(20);
  expect(paid.take(A, POOL, 80)).toBe(80);
});

test('what was signed for and turned out unpaid is taken back, or told where it was used meanwhile', () => {
  const lengths = new PaidLengths();
  const correct = lengths.put(A, POOL, 2001);
  expect(correct(0)).toBe(0);
  expect(lengths.take(A, POOL, 2000)).toBe(0);
  const late = lengths.put(A, POOL, 2001);
  expect(lengths.take(A, POOL, 2000)).toBe(2000);
  expect(late(500)).toBe(1501);
});
