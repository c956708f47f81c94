// The grant of one job, as stages ask for it, and what this driver will sign at its end: one meter per session and
// epoch that was used. Opens nothing itself.
import { type Grant, openGrant } from '../../protocol/grant.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { JobMeter } from '../ring/job-meter.ts';

/** Sessions times epochs of one job; `done` and `ask-done` take no more receipts than this. */
const MAX_METERS = 64;

export class JobGrant {
  /** The token that goes into OPEN. */
  readonly grant: string;
  readonly claims: Grant;
  readonly #meters = new Map<string, JobMeter>();

  private constructor(grant: string, claims: Grant) {
    this.grant = grant;
    this.claims = claims;
  }

  /** Throws `grant-refused` for a grant that the stages would refuse as well. */
  static async read(grant: string, expected: Parameters<typeof openGrant>[1]): Promise<JobGrant> {
    return new JobGrant(grant, await openGrant(grant, expected));
  }

  /** The same meter for the same session and epoch. `layers`: of the whole model. */
  meterOf(session: SessionId, epoch: number, layers: number): JobMeter | undefined {
    const key = `${epoch}/${session}`;
    const known = this.#meters.get(key);
    if (known || this.#meters.size >= MAX_METERS) return known;
    const { job, nonce, pool, driver } = this.claims;
    const meter = new JobMeter({
      role: 'driver',
      job,
      nonce,
      session,
      pool,
      epoch,
      peer: driver,
      start: 0,
      end: layers,
    });
    this.#meters.set(key, meter);
    return meter;
  }

  /** What was sent and got so far, signed; sessions that got nothing are left out. */
  async receipts(identity: Identity): Promise<SignedReceipt[]> {
    const signed = await Promise.all([...this.#meters.values()].map((meter) => meter.receipt(identity)));
    return signed.filter((receipt) => receipt !== undefined);
  }
}
