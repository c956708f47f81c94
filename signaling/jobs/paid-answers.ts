// Streamed answers that the network failed, and what was charged for them: whoever asks the same again is charged for the rest
// alone, as far as the same answer comes again. Keeps salted hashes, no ids and no text.
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { PoolId } from '../../protocol/ids.ts';
import { extendHash, hashBeginnings } from './hash-ids.ts';

/** As long as an answer that was cut can be gone on from in a chat. */
const KEPT_MS = 10 * 60_000;
/** The oldest go when there are more. */
const MAX_KEPT = 10_000;
/** Tokens of all of them together, four bytes each. */
const MAX_TOKENS = 4_000_000;
/** Nobody computes the same answer for nothing more often, whoever lets it fail. */
const MOST_TIMES = 3;

/** What was asked by whom. */
export interface AskedBefore {
  pool: PoolId;
  account: string;
  promptIds: readonly number[];
}

/** What was charged for, and what of it has come again. */
export interface PaidAnswer {
  /** That it was sampled with: who names none gets the same answer again. */
  readonly seed: number;
  /** How often it was charged for in part. */
  readonly times: number;
  readonly hashes: Uint32Array;
  readonly atMs: number;
  /** Tokens that have come again, and the hash of them. */
  again: number;
  hash: number;
  /** Another answer has come: it is charged for, with its prompt. */
  differs: boolean;
}

export class PaidAnswers {
  readonly #kept = new Map<string, PaidAnswer>();
  readonly #key = randomBytes(32);
  readonly #salt = randomInt(2 ** 32);
  readonly #now: () => number;
  #tokens = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What was charged, with the prompt before it; undefined where nothing was. Each counts once. */
  take(asked: AskedBefore): PaidAnswer | undefined {
    const kept = this.#drop(this.#keyOf(asked));
    return kept && this.#now() - kept.atMs < KEPT_MS ? kept : undefined;
  }

  /** It was not asked again after all. */
  putBack(asked: AskedBefore, paid: PaidAnswer): void {
    this.#keep(this.#keyOf(asked), paid);
  }

  /**
   * The network has failed it again, or for the first time. `ids`: those that were told, as far as they are charged for now or were
   * so `before`.
   */
  put(
    asked: AskedBefore,
    { seed, ids, before }: { seed: number; ids: readonly number[]; before?: PaidAnswer | undefined },
  ): void {
    const times = (before?.times ?? 0) + 1;
    if (times > MOST_TIMES) return;
    const isLess = before !== undefined && !before.differs && before.hashes.length > ids.length;
    const hashes = isLess ? before.hashes : hashBeginnings(this.#salt, ids);
    if (hashes.length === 0) return;
    this.#keep(this.#keyOf(asked), {
      seed,
      times,
      hashes,
      atMs: this.#now(),
      again: 0,
      hash: this.#salt,
      differs: false,
    });
  }

  /** How many of these ids, which come next, were paid for before. */
  static countAgain(paid: PaidAnswer, ids: readonly number[]): number {
    let count = 0;
    for (const id of ids) {
      if (paid.differs || paid.again === paid.hashes.length) return count;
      paid.hash = extendHash(paid.hash, id);
      if (paid.hashes[paid.again] !== paid.hash >>> 0) paid.differs = true;
      else {
        paid.again += 1;
        count += 1;
      }
    }
    return count;
  }

  #keep(key: string, paid: PaidAnswer): void {
    this.#drop(key);
    this.#kept.set(key, paid);
    this.#tokens += paid.hashes.length;
    while (this.#kept.size > MAX_KEPT || this.#tokens > MAX_TOKENS) {
      const [oldest] = this.#kept.keys();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): PaidAnswer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    this.#tokens -= kept.hashes.length;
    return kept;
  }

  #keyOf({ pool, account, promptIds }: AskedBefore): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([pool, account, promptIds]))
      .digest('base64url');
  }
}
