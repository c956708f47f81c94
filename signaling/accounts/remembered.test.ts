// What is remembered of a database is what it says: a change counts from its end on, whatever was being read meanwhile.
import { describe, expect, it } from 'vitest';
import { REMEMBER_MS, Remembered } from './remembered.ts';

describe('what is remembered of accounts', () => {
  let nowMs = 0;
  const fresh = (): Remembered => new Remembered(() => new Date(nowMs));
  const row = (name: string) => async () => ({ name });

  it('is read once a minute', async () => {
    const remembered = fresh();
    const first = await remembered.read('key', row('first'));
    expect(await remembered.read('key', row('second'))).toBe(first);
    expect(remembered.has('key', first!)).toBe(true);
    nowMs += REMEMBER_MS;
    expect(remembered.has('key', first!)).toBe(false);
    expect(await remembered.read('key', row('second'))).toEqual({ name: 'second' });
  });

  it('is forgotten with each change, also with one that fails on the way', async () => {
    const remembered = fresh();
    const first = await remembered.read('key', row('first'));
    await remembered.changing(async () => {});
    expect(remembered.has('key', first!)).toBe(false);
    const second = await remembered.read('key', row('second'));
    expect(second).toEqual({ name: 'second' });
    await expect(remembered.changing(() => Promise.reject(new Error('the connection broke')))).rejects.toThrow('broke');
    expect(remembered.has('key', second!)).toBe(false);
  });

  it('is nothing that was read while it changed', async () => {
    const remembered = fresh();
    let give: ((row: object) => void) | undefined;
    const gate = new Promise<object>((resolve) => {
      give = resolve;
    });
    const slow = remembered.read('key', () => gate);
    await remembered.changing(async () => {});
    give?.({ name: 'from before' });
    expect(await slow).toEqual({ name: 'from before' });
    expect(await remembered.read('key', row('after'))).toEqual({ name: 'after' });

    let end: (() => void) | undefined;
    const wait = new Promise<void>((resolve) => {
      end = resolve;
    });
    const change = remembered.changing(() => wait);
    await remembered.read('other', row('before or after'));
    end?.();
    await change;
    expect(await remembered.read('other', row('after'))).toEqual({ name: 'after' });
  });

  it('is never that there is nothing', async () => {
    const remembered = fresh();
    expect(await remembered.read('key', async () => undefined)).toBeUndefined();
    expect(await remembered.read('key', row('made since'))).toEqual({ name: 'made since' });
  });
});
