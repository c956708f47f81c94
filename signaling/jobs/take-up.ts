// How a server that starts anew takes up the answers of chats that went on without one. Pays nobody itself.
import { PoolError } from '../../protocol/errors.ts';
import { awaitReturn } from './end-job.ts';
import type { GoingJob } from './going-job.ts';
import type { JobContext } from './job-context.ts';
import { tabListener } from './job-listeners.ts';
import { liveJob } from './live-job.ts';

/** Its client has a minute to come back and sign, as after any break; then it is settled as that of a client that vanished. */
export function takeUp(
  context: JobContext,
  { id, pool, payer, plan, usage, heldMicros, terms, nonce }: GoingJob,
): void {
  const { driver, maxPosition, maxTokens, price, most, epochs, paidTokens, loopAhead, endsAtMs } = terms;
  const told = tabListener(id, 0, heldMicros, (message) => context.send(driver, message));
  const job = liveJob({
    ...{ id, nonce, pool, payer, source: 'tab', account: payer, place: undefined, own: [], choices: 1 },
    ...{ maxPosition, maxTokens, price, heldMicros, most, request: undefined, driver },
    promptTokens: usage.promptTokens,
    // It was granted long ago: there is nobody to refuse.
    listener: { ...told, failed: () => {} },
  });
  const endsMs = performance.now() + endsAtMs - Date.now();
  Object.assign(job, { state: 'running', isTakenUp: true, plan, epochs, paidTokens, loopAhead, endsMs });
  context.jobs.set(id, job);
  // Coalitions that form from now on may go on with it.
  context.queues.of(pool).running.add(job);
  awaitReturn(context, job, new PoolError('shutting-down', 'The server began anew, and its client did not come back.'));
}
