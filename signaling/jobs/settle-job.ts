// The end of a job's money: receipts are gathered and kept, weighed by the pure settlement, and paid by the pool's funding. May
// be called again for the same job: it pays once.
import type { PoolError } from '../../protocol/errors.ts';
import { LOOP_AHEAD_TOKENS } from '../../protocol/limits.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { settle } from '../settlement/settle.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';
import { withShown } from './show-so-far.ts';
import { endSponsoring } from './sponsor-job.ts';
import { aheadOf, deliveryOf, lastWordOf } from './witness.ts';

type Tools = Pick<JobContext, 'collector' | 'receipts' | 'door' | 'fundingOf' | 'logger' | 'overshoot'>;

/**
 * Pays for what was delivered and the receipts cover, and gives back the rest. Receipts are gathered of every job that stages
 * worked on, also of one that costs nothing.
 */
export async function settleJob(
  { collector, receipts, door, fundingOf, logger, overshoot }: Tools,
  job: LiveJob,
  layers: number,
  error?: PoolError,
): Promise<{ chargedMicros: number; settlement: SettlementPlan | undefined }> {
  const funding = fundingOf(job.pool);
  const isFailed = error !== undefined && error.code !== 'cancelled';
  if (job.epochs.length === 0) {
    if (job.heldMicros > 0) await funding.release(job.id, isFailed);
    await endSponsoring({ logger }, job, 0);
    return { chargedMicros: 0, settlement: undefined };
  }
  const stages = withShown(job, await collector.collect(job.id, job.epochs, job.isTakenUp));
  const settlement = weigh(job, stages, layers);
  await door.quiet();
  await receipts.save(job.id, { stages, note: lastWordOf(job) });
  const { payments, gaps, disputes, beyond } = settlement;
  const { chargedMicros } =
    job.heldMicros > 0 ? await funding.settle({ job: job.id, payments, isFailed }) : { chargedMicros: 0 };
  await endSponsoring({ logger }, job, chargedMicros);
  overshoot.take(job.payer, job.pool, beyond);
  overshoot.paid(job.payer, job.pool, worthInTokens(settlement, job.price.completionMicros, layers));
  if (gaps.length > 0 || disputes.length > 0) {
    logger.info({ job: job.id, gaps: gaps.length, disputes: disputes.length }, 'settled in part');
  }
  return { chargedMicros, settlement };
}

/** A position of a prompt costs a part of a token. Where all is free it counts as one. */
const worthInTokens = (
  { chargedMicros, payments }: SettlementPlan,
  completionMicros: number,
  layers: number,
): number =>
  completionMicros > 0
    ? chargedMicros / completionMicros
    : payments.reduce((sum, { cells }) => sum + cells, 0) / layers;

const weigh = (job: LiveJob, stages: readonly SignedReceipt[], layers: number): SettlementPlan =>
  settle({
    job: { id: job.id, nonce: job.nonce, pool: job.pool },
    layers,
    price: job.price,
    most: job.most,
    epochs: job.epochs,
    receipts: stages.map(({ receipt }) => receipt),
    delivery: deliveryOf(job),
    isChat: job.request === undefined,
    paidTokens: job.request ? 0 : job.paidTokens,
    ahead: aheadOf(job),
    loopAhead: job.loopAhead ?? LOOP_AHEAD_TOKENS,
    isTrusted: job.loopAhead === undefined || job.loopAhead >= LOOP_AHEAD_TOKENS,
  });
