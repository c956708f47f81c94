// How much of a chat its client can have paid for before: of a chat the server knows lengths and no words, so this bounds what a
// client says was in a cache, or was delivered before an answer was cut. Each paid answer is gone on from once.
import type { PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';

/** Stages forget a conversation after ten minutes, and people who ask again do so before. */
const KEPT_MS = 10 * 60_000;
/** Lengths kept for one payer in one pool. */
const MAX_KEPT = 8;
/** Payers and pools; the oldest go when there are more. */
const MAX_PAYERS = 10_000;

interface Kept {
  tokens: number;
  atMs: number;
  isTaken?: boolean;
}

export class PaidLengths {
  readonly #kept = new Map<string, Kept[]>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes out the shortest that is long enough, else the longest; 0 where there is none. */
  take(payer: OwnerId, pool: PoolId, promptTokens: number): number {
    const key = keyOf(payer, pool);
    const kept = this.#freshOf(key).sort((a, b) => a.tokens - b.tokens);
    const best = kept.find(({ tokens }) => tokens >= promptTokens) ?? kept.at(-1);
    if (!best) return 0;
    best.isTaken = true;
    this.#kept.set(
      key,
      kept.filter((each) => each !== best),
    );
    return Math.min(best.tokens, promptTokens);
  }

  /**
   * An answer is to be paid for: prompt and what was delivered. Gives what says later how much of it was: how many of those positions
   * somebody has had taken off meanwhile, though they were not paid.
   */
  put(payer: OwnerId, pool: PoolId, tokens: number): (paid: number) => number {
    const key = keyOf(payer, pool);
    const one: Kept = { tokens, atMs: this.#now() };
    const kept = [...this.#freshOf(key), one].slice(-MAX_KEPT);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_PAYERS && oldest !== undefined) this.#kept.delete(oldest);
    return (paid) => {
      const unpaid = Math.max(0, one.tokens - paid);
      one.tokens -= unpaid;
      return one.isTaken ? unpaid : 0;
    };
  }

  #freshOf(key: string): Kept[] {
    const tooOldMs = this.#now() - KEPT_MS;
    return (this.#kept.get(key) ?? []).filter(({ atMs }) => atMs > tooOldMs);
  }
}

const keyOf = (payer: OwnerId, pool: PoolId): string => JSON.stringify([payer, pool]);
