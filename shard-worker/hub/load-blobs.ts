// Loads the weights of one slice: fetches the planned ranges and lays them out as the blobs that the engine takes.
// Fetches what the slice needs and nothing else, and holds each byte once (plus the windows in flight).

import { PoolError } from '../../protocol/errors.ts';
import type { WeightBlob } from '../words/weight-blob.ts';
import { allocate } from './byte-range.ts';
import type { HubFile } from './hub-file.ts';
import { type FetchWindow, planFetches } from './plan-fetches.ts';

export interface LoadProgress {
  /** Needed bytes that are in place. */
  loadedBytes: number;
  totalBytes: number;
  /** What this load read from the network; more than was loaded only from a server that ignores Range. */
  networkBytes: number;
  cachedBytes: number;
}

export interface LoadOptions {
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Requests in flight. Default 4: past that a hub's CDN shares the same line among them. */
  concurrency?: number | undefined;
  /** Largest request. Default 16 MB. */
  windowBytes?: number | undefined;
}

/**
 * @param openFile opens a file that a part names; asked once per file.
 * @returns bytes by `location`; what no part covers is zero.
 * @throws PoolError `model-unsupported` for parts outside their blob, `integrity-failed` for parts past the end of
 *   their file, `out-of-memory`, `cancelled`, and whatever opening and reading throw.
 * @example
 * const weights = await loadBlobs(slice.blobs, (path) => openHubFile(location, path, { cache, meter }), {});
 */
export async function loadBlobs(
  blobs: readonly WeightBlob[],
  openFile: (file: string) => Promise<HubFile>,
  options: LoadOptions,
): Promise<Map<string, Uint8Array>> {
  const plan = planFetches(blobs, options.windowBytes);
  const loaded = allocateBlobs(blobs);
  const totalBytes = [...plan.values()].flat().reduce((sum, window) => sum + window.length, 0);
  const progress: LoadProgress = { loadedBytes: 0, totalBytes, networkBytes: 0, cachedBytes: 0 };
  const report = () => options.onProgress?.({ ...progress });

  for (const [path, windows] of plan) {
    const file = await openFile(path);
    checkWithinFile(file, windows);
    await file.readRanges(
      windows,
      (index, bytes) => {
        const window = windows[index];
        if (!window) return;
        place(window, bytes, loaded);
        progress.loadedBytes += bytes.length;
        report();
      },
      {
        signal: options.signal,
        concurrency: options.concurrency,
        onBytes: (bytes, from) => {
          progress[from === 'network' ? 'networkBytes' : 'cachedBytes'] += bytes;
          if (from === 'network') report();
        },
      },
    );
  }
  report();
  return loaded;
}

function allocateBlobs(blobs: readonly WeightBlob[]): Map<string, Uint8Array> {
  const loaded = new Map<string, Uint8Array>();
  for (const { location, size } of blobs) {
    if (loaded.has(location)) throw new PoolError('model-unsupported', `Two blobs have the name ${location}.`);
    loaded.set(location, allocate(size));
  }
  return loaded;
}

function place(window: FetchWindow, bytes: Uint8Array, loaded: Map<string, Uint8Array>): void {
  for (const { location, from, to, length } of window.copies) {
    loaded.get(location)?.set(bytes.subarray(from, from + length), to);
  }
}

function checkWithinFile(file: HubFile, windows: readonly FetchWindow[]): void {
  const last = windows.at(-1);
  if (last && last.offset + last.length > file.size) {
    const sentence = `The graph names weights past the end of ${file.path}, which has ${file.size} bytes.`;
    throw new PoolError('integrity-failed', sentence, { data: { path: file.path, size: file.size } });
  }
}
