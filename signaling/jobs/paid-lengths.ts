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

export class PaidLengths {
  readonly #kept = new Map<string, { tokens: number; atMs: number }[]>();
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
    this.#kept.set(
      key,
      kept.filter((each) => each !== best),
    );
    return Math.min(best.tokens, promptTokens);
  }

  /** An answer was paid for: prompt and what was delivered. */
  put(payer: OwnerId, pool: PoolId, tokens: number): void {
    const key = keyOf(payer, pool);
    const kept = [...this.#freshOf(key), { tokens, atMs: this.#now() }].slice(-MAX_KEPT);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_PAYERS && oldest !== undefined) this.#kept.delete(oldest);
  }

  #freshOf(key: string): { tokens: number; atMs: number }[] {
    const tooOldMs = this.#now() - KEPT_MS;
    return (this.#kept.get(key) ?? []).filter(({ atMs }) => atMs > tooOldMs);
  }
}

const keyOf = (payer: OwnerId, pool: PoolId): string => JSON.stringify([payer, pool]);
