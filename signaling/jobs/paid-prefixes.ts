// Which beginning of a prompt an earlier answer of the same owner has paid for, as the entry of a coalition keeps it in its
// cache: by this the server knows it, whatever the entry says. Keeps salted hashes, no ids and no text.
import { randomInt } from 'node:crypto';
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { KEPT_ANSWER_MS, LEAST_SHARED_TOKENS, MAX_KEPT_ANSWERS } from '../../protocol/limits.ts';
import { hashBeginnings } from './hash-ids.ts';

/** One coalition's caches: those of one epoch, filled by one codec. */
export interface CachePlace {
  pool: PoolId;
  epoch: number;
  codec: CodecPolicy;
}

/** What an answer left behind; whoever settles it says whether every seat was paid for its part of it. */
export interface LeftCache {
  isPaid: boolean;
}

/** What a prompt found of an earlier answer. */
export interface FoundCache {
  readonly tokens: number;
  /** Only then it need not be paid again: a seat that never computed it holds nothing of it. */
  readonly isPaid: boolean;
}

interface Kept extends LeftCache {
  owner: string;
  /** One number for each beginning of what was computed. */
  hashes: Uint32Array;
  sinceMs: number;
}

/** Places beyond are forgotten, least recently used first. */
const MAX_PLACES = 256;

export class PaidPrefixes {
  readonly #places = new Map<string, Kept[]>();
  readonly #salt = randomInt(2 ** 32);
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Positions of `prompt` that an earlier answer of this owner computed, and takes what held them out: its next answer puts it
   * back. The last position of a prompt is always computed.
   */
  take(place: CachePlace, owner: string, prompt: readonly number[]): FoundCache | undefined {
    const key = keyOf(place);
    const kept = this.#freshOf(key);
    const hashes = hashBeginnings(this.#salt, prompt);
    let best: Kept | undefined;
    let most = LEAST_SHARED_TOKENS - 1;
    for (const each of kept) {
      if (each.owner !== owner) continue;
      const shared = sharedOf(each.hashes, hashes);
      if (shared > most && shared * 2 >= each.hashes.length) [best, most] = [each, shared];
    }
    if (!best) return undefined;
    const found = best;
    this.#keep(
      key,
      kept.filter((each) => each !== best),
    );
    return {
      tokens: Math.min(most, prompt.length - 1),
      get isPaid() {
        return found.isPaid;
      },
    };
  }

  /** `computed`: the positions that the coalition holds when the answer is over. */
  put(place: CachePlace, owner: string, computed: readonly number[]): LeftCache {
    const key = keyOf(place);
    const kept: Kept = { owner, hashes: hashBeginnings(this.#salt, computed), sinceMs: this.#now(), isPaid: false };
    this.#keep(key, [...this.#freshOf(key), kept].slice(-MAX_KEPT_ANSWERS));
    const [oldest] = this.#places.keys();
    if (this.#places.size > MAX_PLACES && oldest !== undefined) this.#places.delete(oldest);
    return kept;
  }

  #freshOf(key: string): Kept[] {
    const tooOldMs = this.#now() - KEPT_ANSWER_MS;
    return (this.#places.get(key) ?? []).filter(({ sinceMs }) => sinceMs > tooOldMs);
  }

  #keep(key: string, kept: Kept[]): void {
    this.#places.delete(key);
    if (kept.length > 0) this.#places.set(key, kept);
  }
}

const keyOf = ({ pool, epoch, codec }: CachePlace): string => JSON.stringify([pool, epoch, codec]);

/** Equal beginnings have equal hashes, and unequal ones do not become equal again but by chance. */
function sharedOf(a: Uint32Array, b: Uint32Array): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}
