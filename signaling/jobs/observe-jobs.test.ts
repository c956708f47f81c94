import { expect, it } from 'vitest';
import type { JobOutcome, SettlementOutcome } from '../observe/metric-types.ts';
import type { JobObserver } from './job-context.ts';
import { observeJobs } from './observe-jobs.ts';

type Job = Parameters<JobObserver['ended']>[0];
type End = Parameters<JobObserver['ended']>[1];

const JOB = {
  ...{ id: 'cd'.repeat(16), pool: 'a/b@main:q4', source: 'http', payer: 'account:ann', cancelled: false },
  ...{ plan: undefined, stats: undefined, usage: { promptTokens: 3, cachedTokens: 0, completionTokens: 5 } },
} as unknown as Job;

it('tells a job’s wait, end and settlement, once', () => {
  const jobs: JobOutcome[] = [];
  const settlements: SettlementOutcome[] = [];
  const observer = observeJobs({ jobEnded: (job) => jobs.push(job), settled: (one) => settlements.push(one) });
  observer.started(JOB, 40);
  const gap = { epoch: 1, cells: 10 };
  observer.ended(JOB, { settlement: { chargedMicros: 9, gaps: [gap], disputes: [{}] } } as unknown as End);
  observer.ended({ ...JOB, cancelled: true }, { errorCode: 'cancelled' });
  observer.ended(JOB, { errorCode: 'internal' });
  expect(jobs.map(({ state, queueMs, completionTokens }) => [state, queueMs, completionTokens])).toEqual([
    ['done', 40, 5],
    ['cancelled', undefined, 5],
    ['failed', undefined, 5],
  ]);
  expect(settlements).toEqual([{ paidMicros: 9, gapCells: 10, disputes: 1 }]);
});

it('counts no dollars as credits', () => {
  const settlements: SettlementOutcome[] = [];
  const observer = observeJobs({ jobEnded: () => {}, settled: (one) => settlements.push(one) });
  const settlement = { chargedMicros: 9, gaps: [], disputes: [] };
  observer.ended({ ...JOB, payer: 'paid:0x1' } as unknown as Job, { settlement } as unknown as End);
  expect(settlements).toEqual([{ paidMicros: 0, gapCells: 0, disputes: 0 }]);
});
