import { describe, expect, it } from 'vitest';
import { createMemoryRangeCache } from './range-cache.ts';

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);

describe('createMemoryRangeCache', () => {
  it('gives back what was kept, as a copy', async () => {
    const cache = createMemoryRangeCache(100);
    const kept = bytes(10, 1);
    await cache.put('a', kept);
    kept.fill(9);
    (await cache.get('a'))?.fill(8);
    expect(await cache.get('a')).toEqual(bytes(10, 1));
    expect(await cache.get('b')).toBeUndefined();
  });

  it('drops what was used least recently, and never holds more than its bound', async () => {
    const cache = createMemoryRangeCache(100);
    await cache.put('a', bytes(40, 1));
    await cache.put('b', bytes(40, 2));
    await cache.get('a');
    await cache.put('c', bytes(40, 3));
    expect(await cache.get('b')).toBeUndefined();
    expect(await cache.get('a')).toEqual(bytes(40, 1));
    expect(cache.heldBytes).toBe(80);
  });

  it('replaces under the same key, and refuses what can never fit', async () => {
    const cache = createMemoryRangeCache(100);
    await cache.put('a', bytes(60, 1));
    await cache.put('a', bytes(70, 2));
    await cache.put('b', bytes(101, 3));
    expect(cache.heldBytes).toBe(70);
    expect(await cache.get('a')).toEqual(bytes(70, 2));
    expect(await cache.get('b')).toBeUndefined();
  });
});
