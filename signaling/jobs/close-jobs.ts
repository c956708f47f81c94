// The end of all jobs: what waits is let go at once, what runs has a while.
import { setTimeout as sleep } from 'node:timers/promises';
import { PoolError } from '../../protocol/errors.ts';
import { finishJob } from './end-job.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

const POLL_MS = 20;

/** Admits no more; resolves when what runs has ended or, after `graceMs`, been let go, and all of it is paid. */
export async function closeJobs(context: JobContext, graceMs: number): Promise<void> {
  context.isClosing = true;
  const error = new PoolError('shutting-down', 'The server is restarting.');
  const finishAll = (state: LiveJob['state']): void => {
    for (const job of [...context.jobs.values()]) if (job.state === state) finishJob(context, job, error);
  };
  finishAll('waiting');
  const until = performance.now() + graceMs;
  while (context.jobs.size > 0 && performance.now() < until) await sleep(POLL_MS);
  // What lost its driver meanwhile waits again; it goes first, lest it takes the place of one that runs.
  finishAll('waiting');
  finishAll('running');
  await Promise.all(context.ending);
  context.queues.close();
}
