// Tells the metrics what becomes of jobs: the one place that knows both. Writes nothing else.

import { readOwner } from '../ledger/owner.ts';
import type { Metrics } from '../observe/metric-types.ts';
import type { JobObserver } from './job-context.ts';

/** Jobs whose wait is remembered until they end: more than ever wait and run together. */
const MAX_WAITS = 10_000;

/**
 * @example
 * createPlatform({ ..., observe: observeJobs(metrics) });
 */
export function observeJobs(metrics: Pick<Metrics, 'jobEnded' | 'settled'>): JobObserver {
  const waits = new Map<string, number>();
  return {
    started(job, waitMs) {
      if (waits.size < MAX_WAITS) waits.set(job.id, waitMs);
    },
    ended(job, { errorCode, settlement }) {
      const { pool, source, plan, stats, usage } = job;
      metrics.jobEnded({
        ...{ pool, source, stats, mode: plan?.mode, predicted: plan?.predicted },
        state: job.cancelled ? 'cancelled' : errorCode === undefined ? 'done' : 'failed',
        queueMs: waits.get(job.id),
        promptTokens: usage.promptTokens,
        completionTokens: usage.completionTokens,
      });
      waits.delete(job.id);
      if (!settlement) return;
      const gapCells = settlement.gaps.reduce((sum, { cells }) => sum + cells, 0);
      // Pico-dollars of a paid session are no micros of a credit.
      const isCredits = readOwner(job.payer).kind !== 'paid';
      metrics.settled({
        paidMicros: isCredits ? settlement.chargedMicros : 0,
        gapCells,
        disputes: settlement.disputes.length,
      });
    },
  };
}
