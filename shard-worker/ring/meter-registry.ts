// All meters of a worker: those that run and, for ten minutes, those that are over, whatever became of their epoch. Gives
// receipts for a job; counts nothing itself.
import type { Identity } from '../../protocol/identity.ts';
import type { JobId, SessionId } from '../../protocol/ids.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { JobMeter, type MeterAbout } from './job-meter.ts';

/** Settlement asks within seconds; this is for a server that restarts. */
const KEEP_MS = 10 * 60_000;
/** One has about 5 KB. Beyond this the one begun longest ago goes: its job is paid for what others can show. */
const MAX_METERS = 512;
/** As many as one `receipts` message takes. */
const MAX_RECEIPTS = 16;

export interface ReceiptQuery {
  job: JobId;
  epoch: number;
  /** The driver's frame counts. Sessions of the job that are not named are signed at their latest. */
  sessions: readonly { session: SessionId; frames: number }[];
}

interface Entry {
  meter: JobMeter;
  usedMs: number;
}

export class MeterRegistry {
  readonly #entries = new Map<string, Entry>();
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

  async receiptsFor(identity: Identity, { job, epoch, sessions }: ReceiptQuery): Promise<SignedReceipt[]> {
    const asked = new Map(sessions.map(({ session, frames }) => [session, frames]));
    const meters = this.#of(job, epoch).sort((a, b) => rank(asked, a) - rank(asked, b));
    const receipts = await Promise.all(
      meters.slice(0, MAX_RECEIPTS).map((meter) => meter.receipt(identity, asked.get(meter.about.session))),
    );
    return receipts.filter((receipt) => receipt !== undefined);
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

/** Named sessions first. */
const rank = (asked: ReadonlyMap<SessionId, number>, { about }: JobMeter): number => (asked.has(about.session) ? 0 : 1);
