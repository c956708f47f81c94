import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { arithmeticExecutor } from '../engine/arithmetic-executor.ts';
import { type LoadSlice, SliceCache, type SliceProgress } from './slice-cache.ts';

const FIRST = { start: 0, end: 2 };
const SECOND = { start: 2, end: 4 };

/** Loads that a test ends when it wants. */
function openCache() {
  const loads: { end(error?: PoolError): void; tell(progress: SliceProgress): void; signal: AbortSignal }[] = [];
  const disposed: number[] = [];
  const load: LoadSlice = ({ start, end }, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      const inner = arithmeticExecutor({ start, end, layers: 4 });
      const executor = { ...inner, dispose: async () => void disposed.push(start) };
      loads.push({
        signal,
        tell: onProgress,
        end: (error) => (error ? reject(error) : resolve({ executor, msPerLayer: 2 })),
      });
    });
  return { cache: new SliceCache(load), loads, disposed };
}

const progress = (loadedBytes: number): SliceProgress => ({
  loadedBytes,
  totalBytes: 9,
  networkBytes: 0,
  cachedBytes: 0,
});

const settle = () => vi.advanceTimersByTimeAsync(0);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a slice', () => {
  test('is loaded once for all epochs that use it, and each hears how far it is', async () => {
    const { cache, loads } = openCache();
    const heard: [number, number][] = [];
    const one = cache.use(FIRST, ({ loadedBytes }) => void heard.push([1, loadedBytes]));
    await settle();
    loads[0]!.tell(progress(5));
    const two = cache.use(FIRST, ({ loadedBytes }) => void heard.push([2, loadedBytes]));
    loads[0]!.tell(progress(9));
    loads[0]!.end();
    expect(await one.loaded).toBe(await two.loaded);
    expect(await one.loaded).toMatchObject({ msPerLayer: 2, totalBytes: 9 });
    expect(heard).toEqual([
      [1, 5],
      [2, 5],
      [1, 9],
      [2, 9],
    ]);
    expect(loads).toHaveLength(1);
  });

  test('outlives its last epoch for half a minute, and is freed once', async () => {
    const { cache, loads, disposed } = openCache();
    const one = cache.use(FIRST, () => {});
    const two = cache.use(FIRST, () => {});
    await settle();
    loads[0]!.end();
    await one.loaded;
    one.release();
    one.release();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(disposed).toEqual([]);
    two.release();
    await vi.advanceTimersByTimeAsync(29_000);
    const three = cache.use(FIRST, () => {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect(disposed).toEqual([]);
    three.release();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(disposed).toEqual([0]);
    cache.use(FIRST, () => {});
    await settle();
    expect(loads).toHaveLength(2);
  });

  test('that nobody uses makes room for another before that one is loaded; one in use stays', async () => {
    const { cache, loads, disposed } = openCache();
    const one = cache.use(FIRST, () => {});
    await settle();
    loads[0]!.end();
    await one.loaded;
    const two = cache.use(SECOND, () => {});
    await settle();
    expect(disposed).toEqual([]);
    loads[1]!.end();
    await two.loaded;
    one.release();
    cache.use({ start: 0, end: 4 }, () => {});
    await settle();
    expect(disposed).toEqual([0]);
    expect(loads).toHaveLength(3);
  });

  test('that is let go of at once while it loads has freed its memory before another one is loaded', async () => {
    const { cache, loads, disposed } = openCache();
    const one = cache.use(FIRST, () => {});
    await settle();
    one.release(true);
    await settle();
    expect(loads[0]!.signal.aborted).toBe(true);
    const two = cache.use(SECOND, () => {});
    await settle();
    expect(loads).toHaveLength(1);
    loads[0]!.end();
    await expect(one.loaded).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    expect([disposed, loads.length]).toEqual([[0], 2]);
    loads[1]!.end();
    expect(await two.loaded).toMatchObject({ msPerLayer: 2 });
  });

  test('that nobody waits for any more is not loaded on, unless the next plan wants it at once', async () => {
    const { cache, loads, disposed } = openCache();
    const one = cache.use(FIRST, () => {});
    await settle();
    one.release();
    const two = cache.use(FIRST, () => {});
    await vi.advanceTimersByTimeAsync(5_000);
    expect(loads[0]!.signal.aborted).toBe(false);
    two.release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(loads[0]!.signal.aborted).toBe(true);
    const rejected = expect(two.loaded).rejects.toMatchObject({ code: 'cancelled' });
    loads[0]!.end();
    await rejected;
    expect(disposed).toEqual([0]);
  });

  test('that failed is tried anew by the next epoch', async () => {
    const { cache, loads } = openCache();
    const one = cache.use(FIRST, () => {});
    await settle();
    loads[0]!.end(new PoolError('download-failed', 'The hub is away.'));
    await expect(one.loaded).rejects.toMatchObject({ code: 'download-failed' });
    one.release();
    const two = cache.use(FIRST, () => {});
    await settle();
    loads[1]!.end();
    expect(await two.loaded).toMatchObject({ msPerLayer: 2 });
  });
});
