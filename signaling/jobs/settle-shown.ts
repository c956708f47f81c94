// Answers that ended with the server before this one: who worked on them is paid for what it had shown by then. Comes before their
// reservations are given back.
import type { PoolId } from '../../protocol/ids.ts';
import type { Funding } from '../money/funding.ts';
import type { ReceiptStore } from '../settlement/receipt-store.ts';
import { settle } from '../settlement/settle.ts';
import type { JobOptions } from './job-context.ts';
import type { JobStore } from './job-store.ts';
import type { ShownJob } from './shown-job.ts';

export interface SettleShownOptions {
  store: Pick<JobStore, 'listShown' | 'endShown'>;
  receipts: Pick<ReceiptStore, 'save'>;
  fundingOf(pool: PoolId): Funding;
  logger: JobOptions['logger'];
}

/** Each once: a funding pays a job once, and its row is ended after that. */
export async function settleShown(options: SettleShownOptions): Promise<void> {
  for (const job of await options.store.listShown()) {
    // Whatever could not be settled goes back as that of every other job of a server that is gone.
    await settleOne(options, job).catch((thrown) =>
      options.logger.error({ err: thrown, job: job.id }, 'an answer of the server before could not be settled'),
    );
  }
}

async function settleOne({ store, receipts, fundingOf, logger }: SettleShownOptions, job: ShownJob): Promise<void> {
  const { id, nonce, pool, terms } = job;
  const { stages, ...rest } = terms;
  await receipts.save(id, { stages });
  const { payments } = settle({
    ...{ ...rest, job: { id, nonce, pool }, receipts: stages.map(({ receipt }) => receipt) },
    ...{ isChat: false, paidTokens: 0, loopAhead: 0 },
  });
  const { chargedMicros } = await fundingOf(pool).settle({ job: id, payments, isFailed: true });
  logger.info({ job: id, chargedMicros }, 'an answer of the server before was settled by what its stages had shown');
  await store.endShown(id, chargedMicros);
}
