import { expect, test } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { applyEarned, type EarnedEvent, NOTHING_EARNED } from './earned-so-far.ts';

const [A, B] = ['a', 'b'].map((letter) => letter.repeat(32) as PeerId) as [PeerId, PeerId];
const work = (answers: number, tokens: number, peer = A, atMs = 5): EarnedEvent => ({
  ...{ type: 'work-seen', peer, atMs, answers, tokens },
});
const balance = (micros: number, owner: string = A): EarnedEvent => ({ type: 'balance-seen', owner, micros });
const after = (...events: EarnedEvent[]) => {
  const { answers, tokens, gainMicros, lastMicros, sinceMs } = events.reduce(applyEarned, NOTHING_EARNED);
  return { answers, tokens, gainMicros, lastMicros, sinceMs };
};

test('D6: one answer moves all of it', () => {
  expect(after(work(0, 0), balance(10_000_000), work(1, 140), balance(10_000_060))).toEqual({
    ...{ answers: 1, tokens: 140, gainMicros: 60, lastMicros: 60, sinceMs: 5 },
  });
  expect(
    after(work(0, 0), balance(10_000_000), work(1, 140), balance(10_000_060), work(3, 412), balance(10_000_180)),
  ).toMatchObject({ answers: 3, tokens: 412, gainMicros: 180, lastMicros: 120 });
});

test('shards of a window are summed, those that left as well; since the first', () => {
  expect(after(work(2, 20, A, 5), work(1, 10, B, 9))).toMatchObject({ answers: 3, tokens: 30, sinceMs: 5 });
  expect(after(work(2, 20), work(0, 0), work(1, 10)), 'came back').toMatchObject({ answers: 3, tokens: 30 });
});

test('welcome credits, a first reading and what a claim brings along are no gain', () => {
  expect(after(work(0, 0), balance(0), balance(10_000_000))).toMatchObject({ gainMicros: 0 });
  expect(after(work(1, 9), balance(10_000_000))).toMatchObject({ gainMicros: 0 });
  expect(after(work(1, 9), balance(5, 'maria 0'), balance(905, 'maria 1'), balance(965, 'maria 1'))).toMatchObject({
    gainMicros: 60,
  });
});

test('what is spent takes nothing from what was earned', () => {
  expect(after(work(1, 9), balance(100), balance(160), balance(20), balance(50))).toMatchObject({
    ...{ gainMicros: 90, lastMicros: 30 },
  });
});

test('what changes nothing is the same object: a page is not drawn again', () => {
  const earned = [work(1, 9), balance(100)].reduce(applyEarned, NOTHING_EARNED);
  expect(applyEarned(earned, work(1, 9))).toBe(earned);
  expect(applyEarned(earned, balance(100))).toBe(earned);
});
