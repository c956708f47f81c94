import { expect, test } from 'vitest';
import { retryPauseMs } from './retry-pause.ts';

test('B7: tries come within a second or so at first, for twenty seconds, then ever more rarely', () => {
  const pauses = Array.from({ length: 33 }, (_, tries) => retryPauseMs(tries, () => 0.5));
  expect(pauses.slice(0, 25)).toEqual(Array.from({ length: 25 }, () => 800));
  expect(pauses.slice(25)).toEqual([1600, 3200, 6400, 12_800, 15_000, 15_000, 15_000, 15_000]);
});

test('B7: a thousand tabs come spread out', () => {
  const first = Array.from({ length: 1000 }, () => retryPauseMs(0));
  expect(Math.min(...first)).toBeGreaterThanOrEqual(400);
  expect(Math.max(...first)).toBeLessThan(1200);
  const inTenth = Array.from(
    { length: 8 },
    (_, at) => first.filter((ms) => Math.floor((ms - 400) / 100) === at).length,
  );
  expect(Math.max(...inTenth)).toBeLessThan(250);
});
