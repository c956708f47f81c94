import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import { paceExecutor, SharePace } from './pace-executor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makePace(share: number) {
  let nowMs = 0;
  const pace = new SharePace(() => nowMs);
  pace.share = share;
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { pace, pass };
}

test('who lends all of its time never waits', () => {
  const { pace, pass } = makePace(1);
  pass(10);
  pace.ran(10);
  expect(pace.waitMs).toBe(0);
});

test('a quarter: after a step it rests for three, and a pause by itself counts as rest', () => {
  const { pace, pass } = makePace(0.25);
  pass(40);
  pace.ran(40);
  expect(pace.waitMs).toBe(120);
  pass(100);
  expect(pace.waitMs).toBe(20);
  pass(500);
  expect(pace.waitMs).toBe(0);
});

test('over many steps it computes for its share of the time', () => {
  const { pace, pass } = makePace(0.5);
  let computedMs = 0;
  let allMs = 0;
  for (let step = 0; step < 100; step++) {
    const waitMs = pace.waitMs;
    pass(waitMs + 30);
    pace.ran(30);
    computedMs += 30;
    allMs += waitMs + 30;
  }
  expect(computedMs / allMs).toBeCloseTo(0.5, 1);
});

test('a long run makes no step wait for more than a second, and what it owes is bounded', () => {
  const { pace, pass } = makePace(0.25);
  pass(4_000);
  pace.ran(4_000);
  expect(pace.waitMs).toBe(1_000);
  pass(9_500);
  expect(pace.waitMs).toBe(500);
});

test('runs wait for their turn and give what they give without it', async () => {
  const bounds = { maxContext: 64, maxBatch: 1, kvLimitBytes: Number.POSITIVE_INFINITY };
  const inner = arithmeticExecutor({ start: 0, end: 2, layers: 4, ...bounds });
  const pace = new SharePace();
  const paced = paceExecutor(inner, pace);
  expect(paced).toMatchObject({ start: 0, end: 2, entry: true, exit: false });
  const input = { ids: Int32Array.of(1), tokens: 1, rows: 'none', inverseTemperature: 1 } as const;
  pace.share = 0.5;
  pace.ran(700);
  const cache = paced.openCache();
  let isDone = false;
  const running = paced.runBatch([{ cache, input }]).then((outputs) => {
    isDone = true;
    return outputs;
  });
  await vi.advanceTimersByTimeAsync(600);
  expect(isDone).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  const [output] = await running;
  const [plain] = await inner.runBatch([{ cache: inner.openCache(), input }]);
  expect(output!.hidden).toEqual(plain!.hidden);
});
