// The server's own count of what an answer finds in a cache: the same as the entry's, for the same conversations.
import { beforeEach, describe, expect, test } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { KEPT_ANSWER_MS, LEAST_SHARED_TOKENS, MAX_KEPT_ANSWERS } from '../../protocol/limits.ts';
import { type CachePlace, PaidPrefixes } from './paid-prefixes.ts';

const PLACE: CachePlace = {
  pool: poolIdOf({ repo: 'a/b', revision: 'main', dtype: 'q4' }),
  epoch: 7,
  codec: 'exact',
};
const idsOf = (length: number, first = 0): number[] => Array.from({ length }, (_, index) => first + index);

let nowMs: number;
let paid: PaidPrefixes;
beforeEach(() => {
  nowMs = 0;
  paid = new PaidPrefixes(() => nowMs);
});

const take = (...given: Parameters<PaidPrefixes['take']>): number => paid.take(...given)?.tokens ?? 0;

test('G3: counts once the answer before was paid whole: a seat that never computed it holds nothing of it', () => {
  const left = paid.put(PLACE, 'a', idsOf(50));
  const found = paid.take(PLACE, 'a', idsOf(60));
  expect(found).toMatchObject({ tokens: 50, isPaid: false });
  left.isPaid = true;
  expect(found?.isPaid).toBe(true);
});

test('the next turn of a conversation pays for what is new', () => {
  expect(take(PLACE, 'a', idsOf(40))).toBe(0);
  paid.put(PLACE, 'a', idsOf(50));
  expect(take(PLACE, 'a', idsOf(60))).toBe(50);
  expect(take(PLACE, 'a', idsOf(60)), 'while that answer runs, nothing is there').toBe(0);
  paid.put(PLACE, 'a', idsOf(70));
  expect(take(PLACE, 'a', idsOf(70)), 'one position is always computed').toBe(69);
});

describe('nothing is found', () => {
  beforeEach(() => paid.put(PLACE, 'a', idsOf(50)));

  test.each<[string, CachePlace, string, number[]]>([
    ['by another owner', PLACE, 'b', idsOf(60)],
    ['in another epoch', { ...PLACE, epoch: 8 }, 'a', idsOf(60)],
    ['with another codec', { ...PLACE, codec: 'fast' as never }, 'a', idsOf(60)],
    ['of another conversation', PLACE, 'a', idsOf(60, 1000)],
    ['of less than half of it', PLACE, 'a', [...idsOf(24), ...idsOf(30, 900)]],
  ])('%s', (_name, place, owner, prompt) => {
    expect(take(place, owner, prompt)).toBe(0);
    expect(take(PLACE, 'a', idsOf(60))).toBe(50);
  });

  test('after a while', () => {
    nowMs = KEPT_ANSWER_MS;
    expect(take(PLACE, 'a', idsOf(60))).toBe(0);
  });

  test('of what later answers pushed out', () => {
    for (let index = 1; index <= MAX_KEPT_ANSWERS; index += 1) paid.put(PLACE, 'b', idsOf(50, index * 1000));
    expect(take(PLACE, 'a', idsOf(60))).toBe(0);
  });
});

test('what is shared must be worth it', () => {
  paid.put(PLACE, 'a', idsOf(LEAST_SHARED_TOKENS - 1));
  expect(take(PLACE, 'a', idsOf(60))).toBe(0);
  paid.put(PLACE, 'a', idsOf(LEAST_SHARED_TOKENS));
  expect(take(PLACE, 'a', idsOf(60))).toBe(LEAST_SHARED_TOKENS);
});
