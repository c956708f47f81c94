import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunWatch } from './run-watch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Codes and sentences of what hung. */
function hang(watch: RunWatch, rows = 1): string[] {
  const stuck: string[] = [];
  watch.watch(rows, hanging).catch(({ code, message }) => void stuck.push(`${code}: ${message}`));
  return stuck;
}

const taking = (ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms));
const hanging = () => new Promise<never>(() => {});

async function run(watch: RunWatch, rows: number, ms: number): Promise<void> {
  const result = watch.watch(rows, taking(ms));
  await vi.advanceTimersByTimeAsync(ms);
  expect(await result).toBe('done');
}

test('a run that hangs is a lost device: after four seconds where such runs are quick', async () => {
  const watch = new RunWatch();
  await run(watch, 1, 20);
  const stuck = hang(watch);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(stuck).toEqual([]);
  await vi.advanceTimersByTimeAsync(500);
  expect(stuck).toEqual(['device-lost: The device has not come to the end of a step in 5 s.']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a length that takes long has three times that, and one that was never run a minute', async () => {
  const watch = new RunWatch();
  expect(watch.mostMs(64)).toBe(60_000);
  await run(watch, 64, 3_000);
  expect([watch.mostMs(64), watch.mostMs(63)]).toEqual([9_000, 60_000]);
  for (let again = 0; again < 16; again += 1) await run(watch, 64, 100);
  expect(watch.mostMs(64)).toBe(4_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('time in which this worker itself stood still does not count', async () => {
  let nowMs = 0;
  const watch = new RunWatch(() => nowMs);
  const first = watch.watch(1, taking(10));
  await vi.advanceTimersByTimeAsync(10);
  await first;
  const stuck = hang(watch);
  // Each tick comes two seconds after the one before it.
  for (let tick = 0; tick < 20; tick += 1) {
    nowMs += 2_000;
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(stuck).toEqual([]);
});

test('a run that fails is no measure, and what it failed with is passed on', async () => {
  const watch = new RunWatch();
  await expect(watch.watch(1, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(watch.mostMs(1)).toBe(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('of very many lengths those that were used longest ago are forgotten', async () => {
  const watch = new RunWatch();
  for (let rows = 1; rows <= 257; rows += 1) await run(watch, rows, 1);
  expect([watch.mostMs(1), watch.mostMs(2)]).toEqual([60_000, 4_000]);
});
