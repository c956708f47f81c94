// What stages computed for a payer and nobody is charged for: tokens behind a stop string, or behind a page that was closed, which a
// chat's loop had sampled before it heard of that. How many those are nobody can show, so each payer has an allowance of them in each
// pool, which grows with what it pays for there. Nobody is shut out: whoever has used it up is given less of a lead.
import type { PoolId } from '../../protocol/ids.ts';
import { LOOP_AHEAD_TOKENS } from '../../protocol/limits.ts';
import type { OwnerId } from '../ledger/owner.ts';

/** What a payer has that has paid for nothing yet: two pages that were closed. */
const FIRST_TOKENS = 2 * LOOP_AHEAD_TOKENS;
/** For each token that is paid for. An answer of a hundred tokens that ends by a stop string is followed by some twenty. */
const EARNED_SHARE = 0.25;
/** Most that is saved up, and that is owed. */
const MOST_TOKENS = 8 * LOOP_AHEAD_TOKENS;
/** The lead of one that has used it up. It is paced by its own distance, as if it ran the loop itself. */
const SHORT_AHEAD_TOKENS = 8;
/** Payers and pools; those that were heard of longest ago begin anew. */
const MAX_KEPT = 10_000;

export class Overshoot {
  readonly #left = new Map<string, number>();

  /** A payer was charged as much as so many cost. */
  paid(payer: OwnerId, pool: PoolId, tokens: number): void {
    this.#add(payer, pool, EARNED_SHARE * tokens);
  }

  /** So many were computed for it and are nobody's debt. */
  take(payer: OwnerId, pool: PoolId, tokens: number): void {
    this.#add(payer, pool, -tokens);
  }

  /** Has left more unpaid than it may: what it says of caches counts for nothing, either. */
  isUsedUp(payer: OwnerId, pool: PoolId): boolean {
    return this.#of(keyOf(payer, pool)) <= 0;
  }

  /** Tokens that its loops may be ahead of what it has signed for. */
  aheadOf(payer: OwnerId, pool: PoolId): number {
    return this.isUsedUp(payer, pool) ? SHORT_AHEAD_TOKENS : LOOP_AHEAD_TOKENS;
  }

  #add(payer: OwnerId, pool: PoolId, tokens: number): void {
    if (tokens === 0) return;
    const key = keyOf(payer, pool);
    const left = Math.max(-MOST_TOKENS, Math.min(MOST_TOKENS, this.#of(key) + tokens));
    this.#left.delete(key);
    this.#left.set(key, left);
    const [oldest] = this.#left.keys();
    if (this.#left.size > MAX_KEPT && oldest !== undefined) this.#left.delete(oldest);
  }

  #of(key: string): number {
    return this.#left.get(key) ?? FIRST_TOKENS;
  }
}

const keyOf = (payer: OwnerId, pool: PoolId): string => JSON.stringify([payer, pool]);
