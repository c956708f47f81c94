// Puts the parts of job handling together: queues that start jobs, the collector of receipts, and the work that closing waits
// for.
import { PoolError } from '../../protocol/errors.ts';
import { ReceiptCollector } from './collect-receipts.ts';
import { finishJob } from './end-job.ts';
import type { JobContext, JobOptions } from './job-context.ts';
import { Overshoot } from './overshoot.ts';
import { makeOwnerTag } from './owner-tag.ts';
import { PaidAnswers } from './paid-answers.ts';
import { PaidLengths } from './paid-lengths.ts';
import { PaidPrefixes } from './paid-prefixes.ts';
import { PoolQueues } from './pool-queues.ts';
import { PriceQuotes } from './price-quotes.ts';
import { QuietDoor } from './quiet-door.ts';
import { startJob } from './start-job.ts';

export function createJobContext(options: JobOptions): JobContext {
  const { limits, poolOf, desertedMs, logger } = options;
  const ending = new Set<Promise<void>>();
  const context: JobContext = {
    ...options,
    jobs: new Map(),
    collector: new ReceiptCollector({
      server: options.serverId,
      send: (peer, message) => options.send(peer, message),
      timeoutMs: options.receiptTimeoutMs,
    }),
    ending,
    paid: new PaidPrefixes(),
    paidAnswers: new PaidAnswers(),
    paidLengths: new PaidLengths(),
    quotes: new PriceQuotes(),
    overshoot: new Overshoot(),
    ownerTag: makeOwnerTag(),
    door: new QuietDoor(),
    isClosing: false,
    queues: new PoolQueues({
      ...{ limits, poolOf, desertedMs },
      onCrowd: (pool, isCrowded) => options.onCrowd?.(pool, isCrowded),
      start: (job, coalition) => startJob(context, job, coalition),
      letGo(waiting) {
        const data = { retryAfterSeconds: 30 };
        const error = new PoolError('no-stages', 'No tab serves this model any more.', { data });
        for (const job of waiting) finishJob(context, job, error);
      },
    }),
    keep(work) {
      const kept = work
        .catch((thrown) => logger.error({ err: thrown }, 'a job could not be kept'))
        .finally(() => ending.delete(kept));
      ending.add(kept);
    },
  };
  return context;
}
