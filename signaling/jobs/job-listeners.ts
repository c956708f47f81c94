// The two ways a job speaks: into a stream that an HTTP handler reads, or as control messages to the tab that asked.
import type { ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { faultOf } from '../db/database-faults.ts';
import { tellQueue } from '../planner/tell-facts.ts';
import { JobStream } from './job-stream.ts';
import type { Job } from './job-types.ts';
import type { JobListener } from './live-job.ts';

/** A job for HTTP and the listener that feeds it. `onAnswered`: text of it has come, or nothing more will; may be told again. */
export function streamListener(id: JobId, onAnswered: () => void): { listener: JobListener; job: Omit<Job, 'seed'> } {
  const stream = new JobStream();
  let resolveRouted: (plan: RoutePlan) => void;
  let rejectRouted: (error: PoolError) => void;
  const routed = new Promise<RoutePlan>((resolve, reject) => {
    resolveRouted = resolve;
    rejectRouted = reject;
  });
  // Whoever reads only the updates hears of the failure there.
  routed.catch(() => {});
  const listener: JobListener = {
    queued: (place, waiting, why) => stream.push({ type: 'queued', place, waiting, reason: tellQueue(why) }),
    routed: (plan) => {
      resolveRouted(plan);
      stream.push({ type: 'routed', plan });
      return true;
    },
    event: (event) => {
      if (event.type === 'delta') onAnswered();
      stream.push(event);
    },
    ended: ({ stats, usage, plan, chargedMicros }) => {
      onAnswered();
      if (stats) stream.push({ type: 'done', stats, usage, plan, receiptId: id, chargedMicros });
      stream.end();
    },
    failed: (error) => {
      onAnswered();
      rejectRouted(error);
      stream.fail(error);
    },
  };
  return { listener, job: { id, routed, updates: stream } };
}

/** To a tab that drives its answer itself. `send` drops what the tab is not there to hear. */
export function tabListener(
  id: JobId,
  ask: number,
  heldMicros: number,
  send: (message: ServerMessage) => boolean,
): JobListener {
  let isRouted = false;
  return {
    queued: (place, waiting, why) => {
      // It waits, for its first route or, opened again, for its next one.
      isRouted = false;
      send({ type: 'ask-queued', ask, place, waiting, reason: tellQueue(why), why });
    },
    routed: (plan, { epoch, ring }, grant) => {
      isRouted = true;
      const over = { epoch, ...(ring ? { ring } : {}) };
      return send({ type: 'ask-granted', ask, job: id, ...(grant ? { grant } : {}), ...over, plan, heldMicros });
    },
    event: () => {},
    ended: ({ chargedMicros }) => void send({ type: 'ask-settled', job: id, chargedMicros, receiptId: id }),
    failed: (error) => {
      if (!isRouted) send({ type: 'ask-refused', ask, error: error.toShape() });
    },
  };
}

/** What a person or program is told of a failure inside the server: never its text. */
export const shownFailure = (thrown: unknown): PoolError => {
  const error = faultOf(thrown);
  return error.code === 'internal' ? new PoolError('internal', 'The server failed.') : error;
};
