// Streamed answers that the network failed, and what was charged for them: whoever asks the same again is charged for the rest
// alone. Keeps salted hashes, no ids and no text.
import { createHmac, randomBytes } from 'node:crypto';
import type { PoolId } from '../../protocol/ids.ts';

/** As long as an answer that was cut can be gone on from in a chat. */
const KEPT_MS = 10 * 60_000;
/** The oldest go when there are more. */
const MAX_KEPT = 10_000;

/** What was asked by whom. */
export interface AskedBefore {
  pool: PoolId;
  account: string;
  promptIds: readonly number[];
}

export class PaidAnswers {
  readonly #kept = new Map<string, { tokens: number; atMs: number }>();
  readonly #salt = randomBytes(32);
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Tokens of the answer that were charged, with the prompt before them; undefined where none were. Each counts once. */
  take(asked: AskedBefore): number | undefined {
    const key = this.#keyOf(asked);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept && this.#now() - kept.atMs < KEPT_MS ? kept.tokens : undefined;
  }

  put(asked: AskedBefore, tokens: number): void {
    const key = this.#keyOf(asked);
    this.#kept.delete(key);
    this.#kept.set(key, { tokens, atMs: this.#now() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  #keyOf({ pool, account, promptIds }: AskedBefore): string {
    return createHmac('sha256', this.#salt)
      .update(JSON.stringify([pool, account, promptIds]))
      .digest('base64url');
  }
}
