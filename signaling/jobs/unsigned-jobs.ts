// Clients of chats that signed for less than the seats of their answer show: nothing is granted to them in that pool before they
// have signed the rest. Holds no money and judges nothing.
import type { JobId, PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import type { LiveJob } from './live-job.ts';

/** What is set aside waits for so long for the rest to be signed; then the answer is paid as it was signed. */
export const UNSIGNED_WAIT_MS = 10 * 60_000;
/** And whoever did not sign by then gets no grant in that pool for so long. */
const REFUSED_MS = 24 * 60 * 60_000;
/** Payers and pools; the oldest go when there are more. */
const MAX_KEPT = 10_000;
/** Answers kept for one payer in one pool: more than it has under way. */
const MAX_JOBS = 64;

export class UnsignedJobs {
  readonly #kept = new Map<string, Map<JobId, number>>();
  readonly #waits = new Map<JobId, () => void>();
  /** Until when an answer is waited for, however often its client signs again: what is set aside for it does not stay so for ever. */
  readonly #untilMs = new Map<JobId, number>();
  readonly #waitMs: number;
  #isClosed = false;

  constructor(waitMs = UNSIGNED_WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** An answer that this payer has not signed for in this pool: the first one. */
  of(payer: OwnerId, pool: PoolId): JobId | undefined {
    const nowMs = performance.now();
    return [...(this.#kept.get(keyOf(payer, pool)) ?? [])].find(([, untilMs]) => untilMs > nowMs)?.[0];
  }

  /** Resolves when the client has signed again, or its time is over: true in the first case. */
  async wait({ id, payer, pool }: Pick<LiveJob, 'id' | 'payer' | 'pool'>): Promise<boolean> {
    const jobs = this.#kept.get(keyOf(payer, pool)) ?? new Map<JobId, number>();
    jobs.delete(id);
    jobs.set(id, performance.now() + REFUSED_MS);
    const [first] = jobs.keys();
    if (jobs.size > MAX_JOBS && first !== undefined) jobs.delete(first);
    this.#kept.set(keyOf(payer, pool), jobs);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    const untilMs = this.#untilMs.get(id) ?? performance.now() + this.#waitMs;
    const leftMs = untilMs - performance.now();
    if (this.#isClosed || leftMs <= 0) {
      this.#untilMs.delete(id);
      return false;
    }
    this.#untilMs.set(id, untilMs);
    const [longest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_KEPT && longest !== undefined) this.#untilMs.delete(longest);
    return new Promise((resolve) => {
      const end = (isSigned: boolean): void => {
        clearTimeout(timer);
        this.#waits.delete(id);
        if (!isSigned) this.#untilMs.delete(id);
        resolve(isSigned);
      };
      const timer = setTimeout(() => end(false), leftMs);
      this.#waits.set(id, () => end(!this.#isClosed));
    });
  }

  /** The client of this job has signed again. */
  signedAgain(job: JobId): void {
    this.#waits.get(job)?.();
  }

  /** All of it is signed for, and paid. */
  settled({ id, payer, pool }: Pick<LiveJob, 'id' | 'payer' | 'pool'>): void {
    this.#untilMs.delete(id);
    const key = keyOf(payer, pool);
    const jobs = this.#kept.get(key);
    jobs?.delete(id);
    if (jobs?.size === 0) this.#kept.delete(key);
  }

  /** Nobody is waited for any more. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#waits.values()]) end();
  }
}

const keyOf = (payer: OwnerId, pool: PoolId): string => `${payer} ${pool}`;
