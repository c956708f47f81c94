import { describe, expect, it } from 'vitest';
import { KeyedBuckets } from './keyed-buckets.ts';

const takeMany = (buckets: KeyedBuckets, key: string, times: number, nowMs: number): number =>
  Array.from({ length: times }, () => buckets.take(key, { nowMs })).filter(Boolean).length;

describe('KeyedBuckets', () => {
  it('lets a burst through, then the pace, for each key by itself', () => {
    const buckets = new KeyedBuckets({ perMinute: 60, burst: 5 });
    expect(takeMany(buckets, 'a', 9, 0)).toBe(5);
    expect(takeMany(buckets, 'b', 9, 0)).toBe(5);
    expect(takeMany(buckets, 'a', 9, 3000)).toBe(3);
    expect(buckets.waitSeconds('a', 3000)).toBe(1);
    const slow = new KeyedBuckets({ perMinute: 2, burst: 1 });
    slow.take('a', { nowMs: 0 });
    expect([slow.waitSeconds('a', 0), slow.waitSeconds('a', 20_500), slow.waitSeconds('b', 0)]).toEqual([30, 10, 1]);
  });

  it('lets through what costs more than there is, and nothing after it before that is made up', () => {
    const buckets = new KeyedBuckets({ perMinute: 60, burst: 10 });
    expect(buckets.take('a', { cost: 40, nowMs: 0 })).toBe(true);
    expect(buckets.take('a', { nowMs: 30_000 })).toBe(false);
    expect(buckets.waitSeconds('a', 30_000)).toBe(1);
    expect(buckets.take('a', { nowMs: 31_000 })).toBe(true);
  });

  it('never lets more than a minute’s worth through at once by default', () => {
    expect(takeMany(new KeyedBuckets({ perMinute: 3 }), 'a', 99, 0)).toBe(3);
    expect(takeMany(new KeyedBuckets({ perMinute: 600 }), 'a', 99, 0)).toBe(60);
  });

  it('is bounded, and forgets who was quiet for longest', () => {
    const buckets = new KeyedBuckets({ perMinute: 1, burst: 1, maxKeys: 2 });
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, { nowMs: 0 });
    expect(buckets.size).toBe(2);
    expect(buckets.take('a', { nowMs: 0 }), 'still remembered').toBe(false);
    expect(buckets.take('b', { nowMs: 0 }), 'forgotten').toBe(true);
    for (let index = 0; index < 1000; index++) buckets.take(String(index), { nowMs: 0 });
    expect(buckets.size).toBe(2);
  });
});
