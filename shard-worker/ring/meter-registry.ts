// All meters of a worker: those that run and, for ten minutes, those that are over, whatever became of their epoch. Gives
// receipts for a job; counts nothing itself.
import type { Identity } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { MOST_GRANT_SECONDS } from '../../protocol/limits.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { JobMeter, type MeterAbout } from './job-meter.ts';

/** Settlement asks within seconds; this is for a server that restarts. */
const KEEP_MS = 10 * 60_000;
/** One has about 5 KB. Beyond this the one begun longest ago goes: its job is paid for what others can show. */
const MAX_METERS = 512;
/** As long as a grant is good at most. */
const OVER_MS = MOST_GRANT_SECONDS * 1000;
const MAX_OVER = 4096;
/** As many as one `receipts` message takes. */
const MAX_RECEIPTS = 16;

export interface ReceiptQuery {
  job: JobId;
  epoch: number;
  /** What was done by now is asked for, and the job is not over by that. */
  goesOn?: boolean | undefined;
}

interface Entry {
  meter: JobMeter;
  usedMs: number;
}

export class MeterRegistry {
  readonly #entries = new Map<string, Entry>();
  /** Jobs whose receipts were asked for, and when: whoever asked is over with them, and nothing more of them is paid. */
  readonly #over = new Map<JobId, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The meter of this job, session and epoch; another one when there was none. */
  open(about: MeterAbout): JobMeter {
    this.#forget();
    const key = keyOf(about);
    const known = this.#entries.get(key);
    const entry = known ?? { meter: new JobMeter(about), usedMs: 0 };
    entry.usedMs = this.#now();
    this.#entries.set(key, entry);
    return entry.meter;
  }

  has({ epoch, job, session }: Pick<MeterAbout, 'epoch' | 'job' | 'session'>): boolean {
    return this.#entries.has(keyOf({ epoch, job, session }));
  }

  /** Says that a meter is in use: the ten minutes begin anew. */
  touch(meter: JobMeter): void {
    const entry = this.#entries.get(keyOf(meter.about));
    if (entry) entry.usedMs = this.#now();
  }

  /** Sessions that a job ever had here in an epoch. */
  sessionsOf(job: JobId, epoch: number): number {
    return this.#of(job, epoch).length;
  }

  /** Receipts of it were asked for: it is over. */
  isOver(job: JobId): boolean {
    return this.#over.has(job);
  }

  /** Signed as of now, and where the job does not go on the last of it: it computes no more here. */
  async receiptsFor(identity: Identity, { job, epoch, goesOn }: ReceiptQuery): Promise<SignedReceipt[]> {
    if (!goesOn) this.#end(job);
    const meters = this.#of(job, epoch).slice(-MAX_RECEIPTS);
    const receipts = await Promise.all(meters.map((meter) => meter.receipt(identity)));
    return receipts.filter((receipt) => receipt !== undefined);
  }

  #end(job: JobId): void {
    this.#over.set(job, this.#now());
    for (const [other, sinceMs] of this.#over) {
      if (sinceMs < this.#now() - OVER_MS || this.#over.size > MAX_OVER) this.#over.delete(other);
    }
  }

  #of(job: JobId, epoch: number): JobMeter[] {
    const meters = Array.from(this.#entries.values(), ({ meter }) => meter);
    return meters.filter(({ about }) => about.job === job && about.epoch === epoch);
  }

  #forget(): void {
    const oldest = this.#now() - KEEP_MS;
    for (const [key, { usedMs }] of this.#entries) if (usedMs < oldest) this.#entries.delete(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size < MAX_METERS) return;
      this.#entries.delete(key);
    }
  }
}

const keyOf = ({ epoch, job, session }: Pick<MeterAbout, 'epoch' | 'job' | 'session'>): string =>
  `${epoch}/${job}/${session}`;
