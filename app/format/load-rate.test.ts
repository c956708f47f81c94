import { expect, test } from 'vitest';
import { type LoadSample, noteLoaded, rateOf } from './load-rate.ts';

const samples = (...pairs: [number, number][]): readonly LoadSample[] =>
  pairs.reduce<readonly LoadSample[]>((all, [atMs, bytes]) => noteLoaded(all, { atMs, bytes }), []);

test('the rate is that of the last seconds, and nothing is said of the first one', () => {
  expect(rateOf([], 100)).toBeUndefined();
  expect(rateOf(samples([0, 0], [900, 90]), 100)).toBeUndefined();
  expect(rateOf(samples([0, 0], [1000, 100]), 400)).toEqual({ bytesPerSecond: 100, leftMs: 3000 });
  // It was slow, and is ten times as fast now.
  const seconds = Array.from({ length: 30 }, (_, at): [number, number] => [
    at * 1000,
    at < 15 ? at : 15 + (at - 15) * 10,
  ]);
  expect(rateOf(samples(...seconds), 1e3)?.bytesPerSecond).toBeCloseTo(10, 0);
});

test('a line that stands still takes for ever, and what begins anew counts anew', () => {
  const still = Array.from({ length: 10 }, (_, at): [number, number] => [at * 1000, 50]);
  expect(rateOf(samples(...still), 100)).toEqual({ bytesPerSecond: 0, leftMs: Number.POSITIVE_INFINITY });
  expect(samples([0, 0], [1000, 500], [2000, 10])).toEqual([{ atMs: 2000, bytes: 10 }]);
  // After a sleep the last that was there stands for the time between.
  expect(samples([0, 0], [1000, 100], [60_000, 200])).toEqual([
    { atMs: 1000, bytes: 100 },
    { atMs: 60_000, bytes: 200 },
  ]);
});
