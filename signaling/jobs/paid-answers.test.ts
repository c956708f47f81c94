import { expect, test } from 'vitest';
import type { PoolId } from '../../protocol/ids.ts';
import { PaidAnswers } from './paid-answers.ts';

const ASKED = { pool: 'a/b@main:q4' as PoolId, account: 'acc_1', promptIds: [1, 2, 3] };

test('D3: what was charged is known once, to who paid it, for the same prompt in the same pool, for a while', () => {
  let nowMs = 0;
  const paid = new PaidAnswers(() => nowMs);
  paid.put(ASKED, 7);
  for (const other of [{ account: 'acc_2' }, { promptIds: [1, 2] }, { pool: 'c/d@main:q4' as PoolId }]) {
    expect(paid.take({ ...ASKED, ...other })).toBeUndefined();
  }
  expect([paid.take(ASKED), paid.take(ASKED)]).toEqual([7, undefined]);
  paid.put(ASKED, 7);
  nowMs = 10 * 60_000;
  expect(paid.take(ASKED)).toBeUndefined();
});

test('is bounded', () => {
  const paid = new PaidAnswers();
  for (let index = 0; index <= 10_000; index++) paid.put({ ...ASKED, promptIds: [index] }, 1);
  expect(paid.take({ ...ASKED, promptIds: [0] })).toBeUndefined();
  expect(paid.take({ ...ASKED, promptIds: [10_000] })).toBe(1);
});
