import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QuietDoor } from './quiet-door.ts';

/** Resolves to whether it was done within `ms`. */
const isDoneIn = (ms: number, work: Promise<void>): Promise<boolean> =>
  Promise.race([work.then(() => true), sleep(ms, false)]);

describe('QuietDoor', () => {
  it('is quiet while nobody waits, a moment later: whoever has an answer may ask the next thing at once', async () => {
    const quiet = new QuietDoor().quiet();
    expect(await isDoneIn(0, quiet)).toBe(false);
    await quiet;
  });

  it('lets who is paid wait for whoever comes in that moment', async () => {
    const door = new QuietDoor();
    const quiet = door.quiet();
    const leave = door.enter();
    expect(await isDoneIn(60, quiet)).toBe(false);
    leave();
    await quiet;
  });

  it('lets who is paid wait for all that wait, each counted once', async () => {
    const door = new QuietDoor();
    const [first, second] = [door.enter(), door.enter()];
    const quiet = door.quiet();
    first();
    first();
    expect(await isDoneIn(60, quiet)).toBe(false);
    second();
    expect(await isDoneIn(0, quiet)).toBe(false);
    await quiet;
  });

  it('waits on for whoever comes in that moment', async () => {
    const door = new QuietDoor();
    const first = door.enter();
    const quiet = door.quiet();
    first();
    const second = door.enter();
    expect(await isDoneIn(60, quiet)).toBe(false);
    second();
    await quiet;
  });

  it('does not wait for ever for whoever stays in the door', async () => {
    const door = new QuietDoor();
    door.enter();
    await door.quiet();
  });
});
