// Where fetched ranges are kept between visits: the interface, and the one in memory. Keys are opaque strings.
// A cache may lose anything at any time; it must never fail a download.

export interface RangeCache {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps a copy, or does not: a full cache is no error. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Keeps at most `maxBytes`, dropping what was used least recently. */
export function createMemoryRangeCache(maxBytes: number): RangeCache & { readonly heldBytes: number } {
  // A Map walks its keys in the order of insertion, so the first key is the least recently used.
  const entries = new Map<string, Uint8Array>();
  let heldBytes = 0;

  function drop(key: string): void {
    heldBytes -= entries.get(key)?.length ?? 0;
    entries.delete(key);
  }

  return {
    get heldBytes() {
      return heldBytes;
    },
    async get(key) {
      const bytes = entries.get(key);
      if (!bytes) return undefined;
      entries.delete(key);
      entries.set(key, bytes);
      return bytes.slice();
    },
    async put(key, bytes) {
      drop(key);
      if (bytes.length > maxBytes) return;
      entries.set(key, bytes.slice());
      heldBytes += bytes.length;
      for (const oldest of entries.keys()) {
        if (heldBytes <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
