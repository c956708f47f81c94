import { expect, test } from 'vitest';
import type { PoolId } from '../../protocol/ids.ts';
import { PaidAnswers } from './paid-answers.ts';

const ASKED = { pool: 'a/b@main:q4' as PoolId, account: 'acc_1', promptIds: [1, 2, 3] };
const IDS = [7, 8, 9, 7, 8];
const PAID = { seed: 5, ids: IDS };

test('D3: what was charged is known once, to who paid it, for the same prompt in the same pool, for a while', () => {
  let nowMs = 0;
  const paid = new PaidAnswers(() => nowMs);
  paid.put(ASKED, PAID);
  for (const other of [{ account: 'acc_2' }, { promptIds: [1, 2] }, { pool: 'c/d@main:q4' as PoolId }]) {
    expect(paid.take({ ...ASKED, ...other })).toBeUndefined();
  }
  expect([paid.take(ASKED)?.seed, paid.take(ASKED)]).toEqual([5, undefined]);
  paid.put(ASKED, PAID);
  nowMs = 10 * 60_000;
  expect(paid.take(ASKED)).toBeUndefined();
});

test('D3: counts only what comes again as it was', () => {
  const paid = new PaidAnswers();
  const again = (...parts: number[][]): [number[], boolean] => {
    paid.put(ASKED, PAID);
    const before = paid.take(ASKED)!;
    return [parts.map((ids) => PaidAnswers.countAgain(before, ids)), before.differs];
  };
  expect(again([7, 8], [9, 7, 8, 1], [2])).toEqual([[2, 3, 0], false]);
  expect(again([7, 8, 8], [9, 7])).toEqual([[2, 0], true]);
  expect(again([1, 8, 9])).toEqual([[0], true]);
});

test('a failure again keeps what was paid, three times in all', () => {
  const paid = new PaidAnswers();
  paid.put(ASKED, PAID);
  for (const ids of [[7, 8], []]) {
    const before = paid.take(ASKED)!;
    PaidAnswers.countAgain(before, ids);
    paid.put(ASKED, { seed: 5, ids, before });
  }
  const last = paid.take(ASKED)!;
  expect(PaidAnswers.countAgain(last, IDS)).toBe(IDS.length);
  paid.putBack(ASKED, last);
  expect(paid.take(ASKED)).toBe(last);
  paid.put(ASKED, { seed: 5, ids: IDS, before: last });
  expect(paid.take(ASKED)).toBeUndefined();
});

test('another answer takes the place of the first one', () => {
  const paid = new PaidAnswers();
  paid.put(ASKED, PAID);
  const before = paid.take(ASKED)!;
  PaidAnswers.countAgain(before, [1]);
  paid.put(ASKED, { seed: 6, ids: [1], before });
  expect(paid.take(ASKED)).toMatchObject({ seed: 6, hashes: { length: 1 } });
});

test('is bounded, in answers and in tokens', () => {
  const paid = new PaidAnswers();
  for (let index = 0; index <= 10_000; index++) paid.put({ ...ASKED, promptIds: [index] }, { seed: 0, ids: [1] });
  expect(paid.take({ ...ASKED, promptIds: [0] })).toBeUndefined();
  expect(paid.take({ ...ASKED, promptIds: [10_000] })).toBeDefined();
  paid.put({ ...ASKED, promptIds: [-1] }, { seed: 0, ids: new Array<number>(3_999_999).fill(1) });
  expect(paid.take({ ...ASKED, promptIds: [9_999] }), 'the last token of room').toBeDefined();
  paid.put({ ...ASKED, promptIds: [-2] }, { seed: 0, ids: [1, 2] });
  expect(paid.take({ ...ASKED, promptIds: [-1] })).toBeUndefined();
  expect(paid.take({ ...ASKED, promptIds: [-2] })).toBeDefined();
});
