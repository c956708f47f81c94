import { describe, expect, it, vi } from 'vitest';
import { QuietDoor } from './quiet-door.ts';

const isDone = (work: Promise<void>): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('QuietDoor', () => {
  it('is quiet while nobody enters', async () => {
    expect(await isDone(new QuietDoor().quiet())).toBe(true);
  });

  it('lets who is paid wait for all that enter, each counted once', async () => {
    const door = new QuietDoor();
    const [first, second] = [door.enter(), door.enter()];
    const quiet = door.quiet();
    first();
    first();
    expect(await isDone(quiet)).toBe(false);
    second();
    expect(await isDone(quiet)).toBe(true);
  });

  it('waits no longer than a quarter of a second for whoever stays in the door', async () => {
    vi.useFakeTimers();
    try {
      const door = new QuietDoor();
      door.enter();
      let isQuiet = false;
      void door.quiet().then(() => {
        isQuiet = true;
      });
      await vi.advanceTimersByTimeAsync(249);
      expect(isQuiet).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(isQuiet).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
