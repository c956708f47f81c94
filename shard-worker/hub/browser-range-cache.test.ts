// Node has no Cache API: the stand-in below keeps the rules of the standard that matter here. That the real one
// behaves so is for the browser journeys to show.
import { describe, expect, it } from 'vitest';
import { type CacheStore, openBrowserRangeCache } from './browser-range-cache.ts';

class FakeStore {
  readonly caches = new Map<string, Map<string, Response>>();
  quotaBytes = Number.POSITIVE_INFINITY;
  puts = 0;

  async open(name: string) {
    const entries = this.caches.get(name) ?? new Map<string, Response>();
    this.caches.set(name, entries);
    return {
      match: async (url: string) => entries.get(url)?.clone(),
      put: async (url: string, response: Response) => {
        this.puts += 1;
        if (!URL.canParse(url)) throw new TypeError('bad address');
        if (response.status === 206) throw new TypeError('partial answers are not kept');
        const bytes = await response.clone().arrayBuffer();
        if (bytes.byteLength > this.quotaBytes) throw new DOMException('full', 'QuotaExceededError');
        entries.set(url, response);
      },
    };
  }
  keys = async () => [...this.caches.keys()];
  delete = async (name: string) => this.caches.delete(name);
}

const asStore = (fake: FakeStore) => fake as unknown as CacheStore;

describe('openBrowserRangeCache', () => {
  it('keeps bytes under any key, across openings', async () => {
    const store = new FakeStore();
    const key = 'https://hub/acme/tiny/onnx/model.onnx#etag:a?b/../c%20#7#0+3';
    await (await openBrowserRangeCache(asStore(store)))?.put(key, Uint8Array.of(1, 2, 3));
    const again = await openBrowserRangeCache(asStore(store));
    expect(await again?.get(key)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await again?.get(`${key}0`)).toBeUndefined();
  });

  it('stops writing when the quota is used up, and still reads', async () => {
    const store = new FakeStore();
    const cache = await openBrowserRangeCache(asStore(store));
    await cache?.put('small', Uint8Array.of(1));
    store.quotaBytes = 1;
    await expect(cache?.put('large', new Uint8Array(2))).resolves.toBeUndefined();
    await cache?.put('later', Uint8Array.of(3));
    expect(store.puts).toBe(2);
    expect(await cache?.get('small')).toEqual(Uint8Array.of(1));
  });

  it('drops the caches of older forms and no others', async () => {
    const store = new FakeStore();
    await store.open('computepool-ranges-0');
    await store.open('someone-else');
    await openBrowserRangeCache(asStore(store));
    expect((await store.keys()).sort()).toEqual(['computepool-ranges-1', 'someone-else']);
  });

  it('goes without where there is no Cache API, or where it is refused', async () => {
    expect(await openBrowserRangeCache(undefined)).toBeUndefined();
    const refusing = { keys: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    expect(await openBrowserRangeCache(refusing as unknown as CacheStore)).toBeUndefined();
  });
});
