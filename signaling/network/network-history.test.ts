import { expect, test } from 'vitest';
import { NetworkHistory } from './network-history.ts';
import { tellAnswers, tellRate, tellRtt } from './told-figures.ts';

const MINUTE = 60_000;
const hourOf = (history: NetworkHistory, nowMs: number) => history.points(60, 6, nowMs);

test('tokens are spread over the time that their answer took', () => {
  const history = new NetworkHistory(0);
  for (let answer = 0; answer < 6; answer++) history.addAnswer({ fromMs: 30_000, toMs: 90_000, tokens: 200 }, 100_000);
  const { tokensPerSecond, answers } = hourOf(history, 2 * MINUTE - 1);
  expect(tokensPerSecond).toEqual([10, 10]);
  expect(answers).toEqual([0, 6]);
  expect(history.lately(2 * MINUTE - 1)).toBe(10);
  expect(history.lately(4 * MINUTE)).toBe(0);
});

test('a few answers are a few, and what they came to has one digit', () => {
  const history = new NetworkHistory(0);
  history.addAnswer({ fromMs: 0, toMs: 10_000, tokens: 137 }, 11_000);
  const { tokensPerSecond, answers } = hourOf(history, MINUTE - 1);
  expect(answers).toEqual([null]);
  expect(tokensPerSecond).toEqual([2]);
  expect([0, 1, 4, 5, 128].map(tellAnswers)).toEqual([0, null, null, 5, 130]);
  expect([tellRate(13.7, 4), tellRate(13.7, 5)]).toEqual([10, 14]);
  expect([0.2, 1.4, 4.2, 23.4, 88, 99, 140, 2600].map(tellRtt)).toEqual([1, 1, 5, 20, 100, 100, 100, 3000]);
});

test('rings that broke and answered again, with the mean time that it took', () => {
  const history = new NetworkHistory(0);
  history.addFailure(1_000);
  history.addFailure(2_000);
  history.addRecovery(1_000, 3_000);
  history.addRecovery(2_000, MINUTE);
  const points = hourOf(history, MINUTE + 1);
  expect([points.failures, points.recoveries, points.recoveryMs]).toEqual([
    [2, 0],
    [1, 1],
    [1000, 2000],
  ]);
});

test('tabs stay as many as they were until somebody says otherwise', () => {
  const history = new NetworkHistory(0);
  history.notePeers(3, 1_000);
  history.notePeers(5, 3 * MINUTE);
  expect(hourOf(history, 4 * MINUTE).peers).toEqual([3, 3, 3, 5, 5]);
});

test('an hour has 60 points, a day 96, and what is older is forgotten', () => {
  const history = new NetworkHistory(0);
  history.addFailure(0);
  history.addAnswer({ fromMs: 0, toMs: 1_000, tokens: 50 }, 1_000);
  const dayMs = 24 * 60 * MINUTE;
  const nowMs = 2 * dayMs + 5 * MINUTE;
  history.addFailure(nowMs - 5 * MINUTE);
  const [hour, day] = [hourOf(history, nowMs), history.points(96, 90, nowMs)];
  expect([hour.failures.length, day.failures.length]).toEqual([60, 96]);
  expect([hour.pointSeconds, day.pointSeconds]).toEqual([60, 900]);
  for (const { failures, tokensPerSecond } of [hour, day]) {
    expect(failures.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(Math.max(...tokensPerSecond)).toBe(0);
  }
  // An answer that began before the memory does.
  history.addAnswer({ fromMs: -dayMs, toMs: nowMs, tokens: 1e6 }, nowMs);
  expect(hourOf(history, nowMs).tokensPerSecond.every((rate) => Number.isFinite(rate))).toBe(true);
});
