// Clients of chats that signed for less than the seats of their answer show: nothing is granted to them in that pool before they
// have signed the rest. Holds no money and judges nothing.
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { LiveJob } from './live-job.ts';

/** What is set aside waits for so long for the rest to be signed; then the answer is paid as it was signed. */
const WAIT_MS = 10 * 60_000;
/** And whoever did not sign by then gets no grant in that pool for so long. */
const REFUSED_MS = 24 * 60 * 60_000;
/** The oldest go when there are more. */
const MAX_KEPT = 10_000;

export class UnsignedJobs {
  readonly #kept = new Map<string, { job: JobId; untilMs: number }>();
  readonly #waits = new Map<JobId, () => void>();
  readonly #waitMs: number;
  #isClosed = false;

  constructor(waitMs = WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** The answer that this payer has not signed for in this pool. */
  of(payer: OwnerId, pool: PoolId): JobId | undefined {
    const kept = this.#kept.get(keyOf(payer, pool));
    return kept && kept.untilMs > performance.now() ? kept.job : undefined;
  }

  /** Resolves when the client has signed again, or does not any more: true in the first case. */
  async wait({ id, payer, pool }: Pick<LiveJob, 'id' | 'payer' | 'pool'>): Promise<boolean> {
    this.#kept.set(keyOf(payer, pool), { job: id, untilMs: performance.now() + REFUSED_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    if (this.#isClosed) return false;
    return new Promise((resolve) => {
      const end = (isSigned: boolean): void => {
        clearTimeout(timer);
        this.#waits.delete(id);
        resolve(isSigned);
      };
      const timer = setTimeout(() => end(false), this.#waitMs);
      this.#waits.set(id, () => end(!this.#isClosed));
    });
  }

  /** The client of this job has signed again. */
  signedAgain(job: JobId): void {
    this.#waits.get(job)?.();
  }

  /** All of it is signed for. */
  settled({ id, payer, pool }: Pick<LiveJob, 'id' | 'payer' | 'pool'>): void {
    const key = keyOf(payer, pool);
    if (this.#kept.get(key)?.job === id) this.#kept.delete(key);
  }

  /** Nobody is waited for any more. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#waits.values()]) end();
  }
}

const keyOf = (payer: OwnerId, pool: PoolId): string => `${payer} ${pool}`;
