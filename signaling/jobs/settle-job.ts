// The end of a job: receipts are gathered and kept, weighed by the pure settlement, and paid by the pool's funding. May be
// called again for the same job: it pays once.

import { checkReceipt, type SignedReceipt } from '../../protocol/receipt.ts';
import { settleReceipts } from '../settlement/settle-receipts.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

/**
 * Pays for what the receipts cover and gives back the rest. Receipts are gathered of every job that stages worked on, also
 * of one that cost nothing and so had nothing set aside.
 */
export async function settleJob(
  { collector, receipts, fundingOf, logger }: Pick<JobContext, 'collector' | 'receipts' | 'fundingOf' | 'logger'>,
  job: LiveJob,
  layers: number,
): Promise<{ chargedMicros: number; settlement: SettlementPlan | undefined }> {
  const funding = fundingOf(job.pool);
  if (job.epochs.length === 0) {
    await funding.release(job.id);
    return { chargedMicros: 0, settlement: undefined };
  }
  const driver = await ownDriverReceipts(job);
  const stages = (await collector.collect(job.id, job.epochs, driver)).filter((signed) => isWithinReach(job, signed));
  await receipts.save(job.id, [...driver, ...stages]);
  const settlement = settleReceipts({
    job: {
      ...{ id: job.id, nonce: job.nonce, pool: job.pool, choices: job.choices },
      // A driver that under-reports its prompt would be priced above what is set aside.
      promptTokens: Math.max(job.usage.promptTokens, lastPosition([...driver, ...stages]) - job.maxTokens),
    },
    layers,
    price: job.price,
    holdMicros: job.heldMicros,
    epochs: job.epochs,
    receipts: stages.map(({ receipt }) => receipt),
    driver: driver.map(({ receipt }) => receipt),
  });
  const { payments, gaps, disputes } = settlement;
  const { chargedMicros } = job.heldMicros > 0 ? await funding.settle({ job: job.id, payments }) : { chargedMicros: 0 };
  if (gaps.length > 0 || disputes.length > 0) {
    logger.info({ job: job.id, gaps: gaps.length, disputes: disputes.length }, 'settled in part');
  }
  return { chargedMicros, settlement };
}

/** No stage computes beyond the grant: whoever signs for that would be paid more than is set aside, and so nobody at all. */
const isWithinReach = (job: LiveJob, { receipt }: SignedReceipt): boolean => receipt.to <= job.maxPosition;

const lastPosition = (signed: readonly SignedReceipt[]): number =>
  Math.max(0, ...signed.map(({ receipt }) => receipt.to));

/** What the driver of this job signed: each session and epoch once, the last word counts. */
async function ownDriverReceipts(job: LiveJob): Promise<SignedReceipt[]> {
  const last = new Map<string, SignedReceipt>();
  for (const signed of job.driverReceipts) {
    const { receipt } = signed;
    if (receipt.role !== 'driver' || receipt.job !== job.id || !job.drivers.has(receipt.peer)) continue;
    // An epoch that was not used says nothing, and one that no column holds would keep the others from being paid.
    if (!job.epochs.some(({ epoch }) => epoch === receipt.epoch) || !isWithinReach(job, signed)) continue;
    const isSound = await checkReceipt(signed).then(
      () => true,
      () => false,
    );
    if (isSound) last.set(`${receipt.epoch}/${receipt.session}`, signed);
  }
  return [...last.values()];
}
