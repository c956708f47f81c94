// What the opening of a file showed, kept beside its ranges: where its server is out of reach, the file is opened as it was last seen,
// and what was read of it then comes out of the cache. Online nothing changes: the server is always asked first.
import { PoolError } from '../../protocol/errors.ts';
import type { RangeCache } from './range-cache.ts';
import type { RemoteFile } from './request-range.ts';
import { openSealed, sealRange } from './sealed-range.ts';

/** `size` undefined: there was no such file. */
type Seen = Partial<Pick<RemoteFile, 'size' | 'etag' | 'lastModified'>>;

export interface KeptOpening {
  seen: Seen;
  /** The first bytes of the file. */
  head: Uint8Array;
}

const NEWLINE = 10;
/** Names an address and not content: this is what tells which content it has. */
const keyOf = (url: string): string => `opening:${url}`;

/** A line of JSON, then the head. */
async function keep(cache: RangeCache, url: string, seen: Seen, head: Uint8Array): Promise<void> {
  const line = new TextEncoder().encode(`${JSON.stringify(seen)}\n`);
  const bytes = new Uint8Array(line.length + head.length);
  bytes.set(line);
  bytes.set(head, line.length);
  await cache.put(keyOf(url), await sealRange(bytes));
}

export async function recallOpening(cache: RangeCache, url: string): Promise<KeptOpening | undefined> {
  const sealed = await cache.get(keyOf(url));
  const bytes = sealed && (await openSealed(sealed));
  if (!bytes) return undefined;
  const end = bytes.indexOf(NEWLINE);
  // Sealed by `keep` above: nobody else writes such an entry.
  const seen = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Seen;
  return { seen, head: bytes.slice(end + 1) };
}

interface Opener {
  /** Asks the server and gives the head. */
  open(hasKept: boolean): Promise<Uint8Array>;
  /** What was opened can be told from its next version: else nothing of it is kept. */
  isNamed(): boolean;
}

/**
 * Rejects as `open` does, but for a server out of reach where there is a kept opening: then it resolves with that, or rejects with
 * `model-not-found` where there was no such file.
 */
export async function openOrRecall(
  cache: RangeCache,
  remote: RemoteFile,
  { open, isNamed }: Opener,
): Promise<Uint8Array> {
  const kept = await recallOpening(cache, remote.url);
  try {
    const head = await open(kept !== undefined);
    const { size, etag, lastModified } = remote;
    const isKnown = kept && kept.head.length === head.length && head.every((byte, at) => byte === kept.head[at]);
    const isSame = kept?.seen.size === size && kept?.seen.etag === etag && kept?.seen.lastModified === lastModified;
    if ((!isKnown || !isSame) && isNamed()) await keep(cache, remote.url, { size, etag, lastModified }, head);
    return head;
  } catch (cause) {
    const { code } = PoolError.from(cause);
    if (code === 'model-not-found') await keep(cache, remote.url, {}, new Uint8Array(0));
    if (code !== 'download-failed' || !kept) throw cause;
    if (kept.seen.size === undefined) {
      throw new PoolError('model-not-found', `There was no file ${remote.label} when its server was last asked.`, {
        cause,
      });
    }
    Object.assign(remote, kept.seen);
    return kept.head;
  }
}
