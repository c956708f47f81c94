// A job whose money is somebody else's: reserved from them where they give something for it, and what it did not cost given back to
// the day's budgets. The asker stays the payer in all but the money: turn, allowance and caches are its own.
import { PoolError } from '../../protocol/errors.ts';
import type { Reservation } from '../money/funding.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

/** `paid`: it is reserved. `spent`: somebody gives something there, and has not enough left. */
export async function reserveForVisitor(
  { sponsoring, fundingOf }: Pick<JobContext, 'sponsoring' | 'fundingOf'>,
  job: LiveJob,
  reservation: Reservation,
): Promise<'paid' | 'spent' | 'none'> {
  const { embeddedIn, place: address, pool } = job;
  if (!sponsoring || embeddedIn === undefined || address === undefined) return 'none';
  const { amountMicros } = reservation;
  const sponsored = await sponsoring({ pool, embeddedIn, address, amountMicros });
  if (sponsored === 'none' || sponsored === 'spent') return sponsored;
  try {
    await fundingOf(pool).reserve({ ...reservation, payer: sponsored.payer });
  } catch (thrown) {
    await sponsored.ended(0);
    if (PoolError.from(thrown).code === 'insufficient-credits') return 'spent';
    throw thrown;
  }
  job.sponsored = sponsored;
  return 'paid';
}

/** What it did not cost may be given to others. Never rejects: nobody's money depends on it. */
export async function endSponsoring(
  { logger }: Pick<JobContext, 'logger'>,
  job: LiveJob,
  chargedMicros: number,
): Promise<void> {
  const { sponsored } = job;
  job.sponsored = undefined;
  await sponsored?.ended(chargedMicros).catch((thrown) => {
    logger.error({ err: thrown, job: job.id }, 'what a sponsor did not spend could not be given back');
  });
}
