// Reads of an opened file: first window, then cache, then network. Owns cache keys and the check of a whole-file hash.
import { PoolError } from '../../protocol/errors.ts';
import { allocate, type ByteRange, checkRange } from './byte-range.ts';
import { openOrRecall } from './kept-opening.ts';
import type { RangeCache } from './range-cache.ts';
import type { RemoteFile, Transport } from './request-range.ts';
import { runPool } from './run-pool.ts';
import { openSealedRange, sealRange, sha256, toHex } from './sealed-range.ts';
import { streamSpans } from './stream-spans.ts';

const DEFAULT_CONCURRENCY = 4;
/** A second in all: one that only stumbled is there again. */
const TRIES_WITH_KEPT = 3;

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Called as bytes come, with their number. */
  onBytes?: ((bytes: number, from: 'network' | 'cache') => void) | undefined;
  /** Requests in flight at once, for `readRanges`. Default 4. */
  concurrency?: number | undefined;
}

/** What the site's own list says of a file. */
export interface ExpectedFile {
  size: number;
  /** Hash of the whole file, lower-case hex. */
  sha256: string;
}

export interface RemoteOptions {
  transport: Transport;
  cache: RangeCache | undefined;
  /** Where it is kept how files were opened, for when their server is out of reach. */
  openings: RangeCache | undefined;
  signal: AbortSignal | undefined;
  expected: ExpectedFile | undefined;
  firstWindowBytes: number;
  /** What keeps this file's entries apart from other files'. */
  cacheScope: string;
  /** A revision that never changes, if the address has one. */
  commit: string | undefined;
}

type OnRange = (index: number, bytes: Uint8Array) => void;

/** Learns the size (unless expected) and gives the reading functions. See `openHubFile` for errors. */
export async function openRemote(remote: RemoteFile, options: RemoteOptions) {
  const { transport, expected, openings } = options;
  let head: Uint8Array = allocate(0);
  if (!expected) {
    const open = (hasKept: boolean) => openHead(remote, options, hasKept);
    const isNamed = () => contentName(remote, options) !== undefined;
    head = openings ? await openOrRecall(openings, remote, { open, isNamed }) : await open(false);
  }
  const size = remote.size;
  if (size === undefined) {
    throw new PoolError('download-truncated', `The size of ${remote.label} could not be learnt.`);
  }
  const content = contentName(remote, options);
  const immutableKey = `${options.cacheScope}#${content ?? `unnamed:${crypto.randomUUID()}`}#${size}`;
  // Content without a name could be given back for another: it is not kept.
  const cache = content === undefined ? undefined : options.cache;

  async function readRanges(ranges: readonly ByteRange[], onRange: OnRange, read: ReadOptions = {}): Promise<void> {
    for (const range of ranges) checkRange(range, size ?? 0, remote.label);
    const signal = joinSignals(options.signal, read.signal);
    const concurrency = read.concurrency ?? DEFAULT_CONCURRENCY;
    const missing: { index: number; range: ByteRange }[] = [];
    await runPool([...ranges.entries()], concurrency, async ([index, range]) => {
      const bytes = await readHeld(range, read);
      if (bytes) onRange(index, bytes);
      else missing.push({ index, range });
    });
    missing.sort((left, right) => left.range.offset - right.range.offset);
    let rest = missing;
    if (missing.length > 1 && remote.ignoresRanges !== false) {
      // Until it is known that the server heeds Range, one request goes ahead: it may bring everything in one pass.
      const done = await fetchMissing(missing, onRange, read, signal);
      rest = missing.slice(done);
    }
    await runPool(
      rest,
      concurrency,
      async (one, inner) => void (await fetchMissing([one], onRange, read, inner)),
      signal,
    );
  }

  /** What the opening brought or the cache keeps. */
  async function readHeld(range: ByteRange, read: ReadOptions): Promise<Uint8Array | undefined> {
    if (range.length === 0) return allocate(0);
    if (range.offset + range.length <= head.length) {
      return head.slice(range.offset, range.offset + range.length);
    }
    const sealed = await cache?.get(rangeKey(immutableKey, range));
    const bytes = sealed && (await openSealedRange(sealed, range.length));
    if (!bytes) return undefined;
    transport.meter.cachedBytes += bytes.length;
    read.onBytes?.(bytes.length, 'cache');
    return bytes;
  }

  async function fetchMissing(
    missing: readonly { index: number; range: ByteRange }[],
    onRange: OnRange,
    read: ReadOptions,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const spans = missing.map(({ range }) => afterHead(range));
    const deliver = async (order: number, fetched: Uint8Array<ArrayBuffer>) => {
      const one = missing[order];
      if (!one) return;
      const bytes = withHead(one.range, fetched);
      await keep(one.range, bytes);
      onRange(one.index, bytes);
    };
    const onNetworkBytes = (bytes: number) => read.onBytes?.(bytes, 'network');
    return streamSpans(remote, spans, deliver, { transport, signal, onNetworkBytes });
  }

  async function keep(range: ByteRange, bytes: Uint8Array): Promise<void> {
    if (expected && isWholeFile(range) && toHex(await sha256(bytes)) !== expected.sha256) {
      throw new PoolError('integrity-failed', `The hash of ${remote.label} is not the expected one.`);
    }
    if (cache) await cache.put(rangeKey(immutableKey, range), await sealRange(bytes));
  }

  const isWholeFile = (range: ByteRange) => range.offset === 0 && range.length === size;

  /** The part of a range that the opening did not bring. */
  function afterHead({ offset, length }: ByteRange): ByteRange {
    const skip = Math.max(0, Math.min(length, head.length - offset));
    return { offset: offset + skip, length: length - skip };
  }

  function withHead(range: ByteRange, fetched: Uint8Array<ArrayBuffer>): Uint8Array {
    if (fetched.length === range.length) return fetched;
    const bytes = allocate(range.length);
    bytes.set(head.subarray(range.offset, range.offset + range.length - fetched.length));
    bytes.set(fetched, range.length - fetched.length);
    return bytes;
  }

  async function read(offset: number, length: number, readOptions: ReadOptions = {}): Promise<Uint8Array> {
    let found: Uint8Array = allocate(0);
    await readRanges([{ offset, length }], (_, bytes) => (found = bytes), readOptions);
    return found;
  }

  return { size, immutableKey, read, readRanges };
}

/** Where there is something to go on with, a server out of reach is not waited for long. */
async function openHead(remote: RemoteFile, options: RemoteOptions, hasKept: boolean): Promise<Uint8Array> {
  const { retry } = options.transport;
  const transport = hasKept
    ? { ...options.transport, retry: { ...retry, maxTries: TRIES_WITH_KEPT } }
    : options.transport;
  const window = { offset: 0, length: Math.max(1, options.firstWindowBytes) };
  let head: Uint8Array = allocate(0);
  const takeHead = async (_: number, bytes: Uint8Array) => {
    head = bytes;
  };
  await streamSpans(remote, [window], takeHead, { transport, signal: options.signal });
  return head;
}

/** The best name that the content has, strongest first; undefined when nothing tells it from its next version. */
function contentName(remote: RemoteFile, options: RemoteOptions): string | undefined {
  if (options.expected) return `sha256:${options.expected.sha256}`;
  if (remote.etag !== undefined) return `etag:${remote.etag}`;
  if (options.commit !== undefined) return `commit:${options.commit}`;
  // Last-Modified is shown to scripts without a CORS grant; with the size it tells versions apart to the second.
  return remote.lastModified === undefined ? undefined : `modified:${remote.lastModified}`;
}

function rangeKey(immutableKey: string, range: ByteRange): string {
  return `${immutableKey}#${range.offset}+${range.length}`;
}

function joinSignals(left: AbortSignal | undefined, right: AbortSignal | undefined): AbortSignal | undefined {
  return left && right ? AbortSignal.any([left, right]) : (left ?? right);
}
