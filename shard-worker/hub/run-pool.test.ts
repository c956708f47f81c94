import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runPool } from './run-pool.ts';

describe('runPool', () => {
  it('runs every item, so many at a time', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await runPool([0, 1, 2, 3, 4, 5, 6], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await delay(2);
      running -= 1;
      seen.push(item);
    });
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(3);
  });

  it('stops the others at the first failure, and waits for them', async () => {
    const started: number[] = [];
    let stopped = 0;
    const running = runPool([0, 1, 2, 3, 4], 2, async (item, signal) => {
      started.push(item);
      if (item === 1) throw new Error('broken');
      await delay(5_000, undefined, { signal }).catch(() => {
        stopped += 1;
      });
    });
    await expect(running).rejects.toThrow('broken');
    expect([started, stopped]).toEqual([[0, 1], 1]);
  });

  it('passes the stop of the caller on', async () => {
    const controller = new AbortController();
    const running = runPool([0], 2, (_, signal) => delay(5_000, undefined, { signal }), controller.signal);
    controller.abort();
    await expect(running).rejects.toThrow(/abort/i);
  });

  it('has nothing to do for no items', async () => {
    await expect(runPool([], 4, () => Promise.reject(new Error('called')))).resolves.toBeUndefined();
  });
});
