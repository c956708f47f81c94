import { afterEach, describe, expect, test, vi } from 'vitest';
import { WorkLoop, type WorkLoopOptions } from './work-loop.ts';

/** Longer than any test: what happens then has been woken. */
const NEVER_MS = 3_600_000;
const loops: WorkLoop[] = [];

function begin(options: Partial<WorkLoopOptions> & Pick<WorkLoopOptions, 'step'>) {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const loop = new WorkLoop({ parallel: 1, pollMs: NEVER_MS, onError, ...options });
  loops.push(loop);
  loop.start();
  return { loop, errors };
}

/** A step that ends when the test says so. */
function gates() {
  const open: ((isBusy: boolean) => void)[] = [];
  const step = (): Promise<boolean> => new Promise((resolve) => open.push(resolve));
  return { open, step };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
});

describe('steps', () => {
  test('follow each other while there is work, and not after', async () => {
    let left = 5;
    const step = vi.fn(async () => left-- > 0);
    begin({ step });
    await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(6));
    await new Promise((resolve) => setImmediate(resolve));
    expect(step).toHaveBeenCalledTimes(6);
  });

  test('run so many at a time and no more', async () => {
    const { open, step } = gates();
    const { loop } = begin({ step, parallel: 3 });
    expect(open).toHaveLength(3);
    open[1]?.(true);
    await vi.waitFor(() => expect(open).toHaveLength(4));
    const stopped = loop.stop();
    for (const end of open) end(true);
    await stopped;
    expect(open).toHaveLength(4);
  });

  test('an error is told, and the loop looks again after its pause', async () => {
    let calls = 0;
    const step = async (): Promise<boolean> => {
      calls += 1;
      if (calls === 1) throw new Error('no database');
      return false;
    };
    const { errors } = begin({ step, pollMs: 1 });
    await vi.waitFor(() => expect(calls).toBeGreaterThan(2));
    expect(errors).toEqual([new Error('no database')]);
  });

  test('errors that go on are told less and less often, and one that is over is forgotten', async () => {
    vi.useFakeTimers();
    let calls = 0;
    let isAway = true;
    const step = async (): Promise<boolean> => {
      calls += 1;
      if (isAway) throw new Error('no database');
      return false;
    };
    const { errors } = begin({ step, pollMs: 1000 });
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    // After 0, 1, 3, 7, 15, 31 and 63 s, and then each minute.
    expect(errors).toHaveLength(7 + 8);
    isAway = false;
    await vi.advanceTimersByTimeAsync(60_000);
    const before = calls;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls - before).toBe(10);
  });
});

describe('wake', () => {
  test('ends every pause at once', async () => {
    const step = vi.fn(async () => false);
    const { loop } = begin({ step, parallel: 2 });
    await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(2));
    await new Promise((resolve) => setImmediate(resolve));
    loop.wake();
    await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(4));
  });

  test('in the middle of a step that finds nothing is not lost: it may have looked before', async () => {
    const { open, step } = gates();
    const { loop } = begin({ step });
    loop.wake();
    open[0]?.(false);
    await vi.waitFor(() => expect(open).toHaveLength(2));
    open[1]?.(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(open, 'one wake, one more look').toHaveLength(2);
  });

  test('of a loop that was never started does nothing', async () => {
    const step = vi.fn(async () => false);
    const loop = new WorkLoop({ step, parallel: 1, pollMs: NEVER_MS, onError: () => {} });
    loop.wake();
    await loop.stop();
    expect(step).not.toHaveBeenCalled();
  });
});

describe('stop', () => {
  test('waits for the step that runs and begins no other', async () => {
    const { open, step } = gates();
    const { loop } = begin({ step });
    let isOver = false;
    const stopped = loop.stop().then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    open[0]?.(true);
    await stopped;
    expect(open).toHaveLength(1);
  });

  test('ends a pause; a loop that is started again works again, once', async () => {
    const step = vi.fn(async () => false);
    const { loop } = begin({ step });
    await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(1));
    await loop.stop();
    loop.start();
    loop.start();
    await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(step).toHaveBeenCalledTimes(2);
  });
});
