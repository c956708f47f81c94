// How long a worker waits for one request of a batch: so long without a word of the answer, so long in all, and hardly any
// more once it was cancelled. A job that does not heed its end is left to itself.
import { PoolError } from '../../protocol/errors.ts';
import type { Job, JobUpdate } from '../jobs/job-types.ts';

export interface LineTiming {
  /** Without anything new: no token, and no other place in a queue. Also while the prompt is computed. */
  silenceMs: number;
  /** A long answer of slow devices. */
  lineMs: number;
}

export interface LineWatch {
  /** The same job, heard. */
  listen(job: Job): Job;
  /**
   * What `run` gives, or rejects with. When its time is up it is cancelled, and this rejects: with `lap-timeout` when the
   * answer had begun, else with `sessions-full`.
   */
  until<T>(run: Promise<T>): Promise<T>;
}

/** What is cancelled ends within a lap. */
const CANCEL_MS = 1000;

/** @param cancel cancels the job; whoever else uses it ends the wait, too. */
export function watchLine({ silenceMs, lineMs }: LineTiming, cancel: AbortController): LineWatch {
  let hasBegun = false;
  let silence: NodeJS.Timeout | undefined;
  let end: ((error: PoolError) => void) | undefined;
  const late = (): void => {
    const [code, why] = hasBegun
      ? (['lap-timeout', 'The answer stood still for too long.'] as const)
      : (['sessions-full', 'Nobody took the request in time.'] as const);
    end?.(new PoolError(code, why));
    cancel.abort();
  };
  const hear = (): void => {
    clearTimeout(silence);
    if (end) silence = setTimeout(late, silenceMs);
  };
  return {
    listen: (job) => ({
      ...{ id: job.id, seed: job.seed, routed: job.routed },
      updates: {
        async *[Symbol.asyncIterator](): AsyncGenerator<JobUpdate, void, undefined> {
          for await (const update of job.updates) {
            hasBegun ||= update.type === 'started';
            hear();
            yield update;
          }
        },
      },
    }),
    async until(run) {
      // What it comes to after the end is nobody's any more.
      run.catch(() => {});
      const total = setTimeout(late, lineMs);
      let patience: NodeJS.Timeout | undefined;
      const onCancel = (): void => {
        patience = setTimeout(() => end?.(new PoolError('cancelled', 'The request was cancelled.')), CANCEL_MS);
      };
      cancel.signal.addEventListener('abort', onCancel);
      try {
        return await Promise.race([
          run,
          new Promise<never>((_, reject) => {
            end = reject;
            hear();
          }),
        ]);
      } finally {
        end = undefined;
        for (const timer of [silence, total, patience]) clearTimeout(timer);
        cancel.signal.removeEventListener('abort', onCancel);
      }
    },
  };
}
