// The door to one file on a hub: its size and its bytes, over the network or out of the cache, counted.
//
// What is verified: the size, the range and the ETag of every answer; the SHA-256 of a range that comes out of the
// cache; the SHA-256 of a whole file where one is expected and the whole file was read. A range of a larger file has
// no hash to compare with: the hub publishes none below a file, and fetching more than is needed to have one would
// defeat the slicing. Such ranges are as good as TLS and the hub.

import type { ByteSource } from '../words/byte-source.ts';
import { type ByteMeter, createByteMeter } from './byte-meter.ts';
import type { ByteRange } from './byte-range.ts';
import { type HubLocation, hubBase, hubFileUrl } from './hub-location.ts';
import type { RangeCache } from './range-cache.ts';
import { type ExpectedFile, openRemote, type ReadOptions } from './read-remote.ts';
import { createRemoteFile } from './request-range.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry-policy.ts';

export interface HubFile extends ByteSource {
  readonly path: string;
  /** Strong ETag without its quotes; undefined until an answer showed one. */
  readonly etag: string | undefined;
  /** Names this content in the cache: address without revision, then hash, ETag, commit or date, then size. */
  readonly immutableKey: string;
  /** @throws PoolError `download-truncated` past the end of the file; else what the download failed with. */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
  /**
   * Reads many ranges, each given out as it comes and not kept. From a server that ignores Range the missing ones
   * cost a single pass over the file.
   *
   * @param ranges not overlapping; `onRange` gets an index into them, in any order.
   */
  readRanges(
    ranges: readonly ByteRange[],
    onRange: (index: number, bytes: Uint8Array) => void,
    options?: ReadOptions,
  ): Promise<void>;
}

export interface FetchOptions {
  fetch?: typeof fetch | undefined;
  cache?: RangeCache | undefined;
  meter?: ByteMeter | undefined;
  signal?: AbortSignal | undefined;
  expected?: ExpectedFile | undefined;
  retry?: RetryPolicy | undefined;
  /** Bytes from the start to fetch with the opening request; they are kept and serve reads. Default 1. */
  firstWindowBytes?: number | undefined;
}

/**
 * Opens a file. With `expected` nothing is asked before the first read; otherwise a ranged GET of the first bytes
 * tells the size. (Not HEAD: a hub's HEAD describes the redirect, and its CDN signs addresses for GET.)
 *
 * @throws PoolError `model-not-found`, `download-failed`, `download-truncated`, `rate-limited`, `integrity-failed`,
 *   `bad-request` for names that are not let into a URL, `cancelled`.
 * @example
 * const file = await openHubFile({ hubUrl, repo: 'acme/tiny', revision: 'main' }, 'onnx/model.onnx', { cache });
 * const head = await file.read(0, 1024);
 */
export async function openHubFile(location: HubLocation, path: string, options: FetchOptions): Promise<HubFile> {
  const url = hubFileUrl(location, path);
  const remote = createRemoteFile(url, `${path} of ${location.repo}`, options.expected?.size);
  const opened = await openRemote(remote, {
    // Wrapped: the global fetch throws "illegal invocation" when called as a method of another object.
    transport: {
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      meter: options.meter ?? createByteMeter(),
      retry: options.retry ?? DEFAULT_RETRY,
    },
    cache: options.cache,
    openings: options.cache,
    signal: options.signal,
    expected: options.expected,
    firstWindowBytes: options.firstWindowBytes ?? 1,
    // The revision is left out, so that a new commit that kept a file costs nothing; the hub is left in, so that
    // one hub cannot fill another's entries by claiming its ETags.
    cacheScope: `${hubBase(location.hubUrl)}/${location.repo}/${path}`,
    commit: /^[0-9a-f]{40}$/.test(location.revision) ? location.revision : undefined,
  });
  return {
    path,
    size: opened.size,
    immutableKey: opened.immutableKey,
    get etag() {
      return remote.etag;
    },
    read: opened.read,
    readRanges: opened.readRanges,
  };
}
