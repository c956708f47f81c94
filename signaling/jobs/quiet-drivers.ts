// Drivers at an entry that say nothing, and those that are left out: their answers go on elsewhere. The server looks itself whether a
// coalition computes still; a driver's silence alone proves nothing, for a long prompt is silent too.
import { PoolError } from '../../protocol/errors.ts';
import type { PoolId } from '../../protocol/ids.ts';
import { driverLost, tellStill } from './hear-driver.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

/** An answer that has no word for so long may stand still. */
const QUIET_MS = 30_000;
const LOOK_MS = 5_000;

/** Looks until the returned function is called. */
export function watchQuiet(context: JobContext): () => void {
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const job of context.jobs.values())
      if (isDriven(job) && nowMs - job.heardMs >= QUIET_MS) tellStill(context, job);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whoever answers nobody, or did not show what it said, drives nothing any more, though its socket may be open. */
export function leaveDrivers(context: JobContext, id: PoolId): void {
  const out = new Set(
    context
      .poolOf(id)
      ?.peers.filter(({ excluded }) => excluded === 'unshown' || excluded === 'silent')
      .map(({ peer }) => peer),
  );
  if (out.size === 0) return;
  for (const job of [...context.jobs.values()]) {
    if (job.pool !== id || !isDriven(job) || !out.has(job.driver!)) continue;
    context.send(job.driver!, { type: 'job-cancel', job: job.id });
    driverLost(context, job, new PoolError('stage-left', 'The tab that drove the answer answers nobody.'));
  }
}

/** By a tab at the entry, for a caller over HTTP. */
const isDriven = ({ request, driver, state }: LiveJob): boolean =>
  request !== undefined && driver !== undefined && state === 'running';
