// Ranges kept in the browser's Cache API, which works the same in pages and workers and needs no open file handles
// (the Origin Private File System does, and two tabs that write one file exclude each other).
import type { RangeCache } from './range-cache.ts';

/** Grows when the form of an entry changes; older caches are then deleted. */
const CACHE_NAME = 'computepool-ranges-1';
const CACHE_PREFIX = 'computepool-ranges-';

/** The part of CacheStorage that is used here. */
export type CacheStore = Pick<CacheStorage, 'open' | 'keys' | 'delete'>;

/**
 * Opens the cache. Each range is stored as an answer of status 200 under a made-up address, because `cache.put`
 * refuses a 206 (Service Workers standard, Cache.put).
 *
 * @returns undefined where there is no Cache API (an insecure context, a hardened browser): go on without.
 */
export async function openBrowserRangeCache(
  stores: CacheStore | undefined = globalThis.caches,
): Promise<RangeCache | undefined> {
  if (!stores) return undefined;
  try {
    const stale = (await stores.keys()).filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE_NAME);
    await Promise.all(stale.map((name) => stores.delete(name)));
    return wrap(await stores.open(CACHE_NAME));
  } catch {
    // Private windows may refuse storage altogether.
    return undefined;
  }
}

function wrap(cache: Cache): RangeCache {
  let isFull = false;
  return {
    async get(key) {
      try {
        const hit = await cache.match(address(key));
        return hit ? new Uint8Array(await hit.arrayBuffer()) : undefined;
      } catch {
        return undefined;
      }
    },
    async put(key, bytes) {
      if (isFull) return;
      try {
        await cache.put(address(key), new Response(bytes as Uint8Array<ArrayBuffer>, { status: 200 }));
      } catch (error) {
        // QuotaExceededError: what is kept stays, the rest of this visit lives in memory only. Writing on would
        // copy every range for nothing. Other failures concern one entry.
        if (error instanceof Error && error.name === 'QuotaExceededError') isFull = true;
      }
    },
  };
}

/** `.invalid` never resolves (RFC 2606), so an entry cannot be mistaken for something that was served. */
function address(key: string): string {
  return `https://range-cache.invalid/${encodeURIComponent(key)}`;
}
