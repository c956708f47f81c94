// What the driver of a running job says, and what becomes of the job when its driver is lost: the next one goes on after what
// the caller was told.
import { PoolError } from '../../protocol/errors.ts';
import type { JobEvent } from '../../protocol/job.ts';
import { mostTextBytes, spendOn } from './driver-budget.ts';
import { driverFault } from './driver-faults.ts';
import { finishJob } from './end-job.ts';
import type { JobContext } from './job-context.ts';
import type { LiveJob } from './live-job.ts';
import { countRelayed } from './witness.ts';

const MAX_ATTEMPTS = 5;

export function hearDriver(context: JobContext, job: LiveJob, event: JobEvent): void {
  job.heardMs = performance.now();
  if (!spendOn(job.speech, event)) {
    wentWrong(context, job, 'The driver said more than it was asked for.');
    return;
  }
  switch (event.type) {
    case 'started':
      // A driver is a stranger's tab: the server has counted the prompt itself.
      if (!job.hasStarted) job.listener.event({ ...event, promptTokens: job.usage.promptTokens });
      job.hasStarted = true;
      return;
    case 'delta': {
      if (job.finished.has(event.choice)) return;
      const ids = job.emitted[event.choice];
      if (!ids || ids.length + event.ids.length > job.maxTokens) {
        wentWrong(context, job, 'The driver said more than it was asked for.');
        return;
      }
      ids.push(...event.ids);
      if (!mayTell(job, event)) {
        wentWrong(context, job, 'The driver told probabilities that nobody asked for.');
        return;
      }
      job.textBytes[event.choice]! += Buffer.byteLength(event.text);
      if (job.textBytes[event.choice]! > mostTextBytes(ids.length)) {
        wentWrong(context, job, 'The driver said more text than its tokens have.');
        return;
      }
      countRelayed(job, event.choice, event.ids);
      job.usage.completionTokens += event.ids.length;
      job.listener.event(event);
      return;
    }
    case 'finished':
      if (event.choice >= job.choices || job.finished.has(event.choice)) return;
      if (event.reason === 'cancelled' && !job.cancelled) {
        wentWrong(context, job, 'The driver gave up an answer that was wanted.');
        return;
      }
      job.finished.set(event.choice, event.reason);
      job.listener.event(event);
      return;
    case 'done':
      if (job.finished.size < job.choices) {
        if (job.cancelled) finishJob(context, job, wasCancelled());
        else wentWrong(context, job, 'The driver ended the answer before its end.');
        return;
      }
      job.stats = event.stats;
      keepPaid(context, job);
      finishJob(context, job);
      return;
    case 'failed': {
      const maxContext = context.poolOf(job.pool)?.manifest?.maxContext;
      if (event.error.code === 'lap-timeout') tellStill(context, job);
      const error = driverFault(event.error, job.request?.prompt.kind ?? 'chat', maxContext);
      // Another driver may go on where this one was lost or had no room; what failed is told at once.
      if (error.kind === 'disappeared' || error.kind === 'busy') driverLost(context, job, error);
      else finishJob(context, job, error);
    }
  }
}

/** The server looks for itself who it is. */
export function tellStill({ onStill }: JobContext, { pool, epochs }: LiveJob): void {
  const epoch = epochs.at(-1)?.epoch;
  if (epoch !== undefined) onStill?.(pool, epoch);
}

/** Those of a token once, with as many alternatives as were asked for, and none where none were: all of them are kept. */
function mayTell(job: LiveJob, { choice, logprobs = [] }: JobEvent & { type: 'delta' }): boolean {
  const most = job.request?.logprobs;
  if (logprobs.length === 0) return true;
  job.toldLogprobs[choice]! += logprobs.length;
  const isOnce = job.toldLogprobs[choice]! <= job.emitted[choice]!.length;
  return most !== undefined && isOnce && logprobs.every(({ top }) => top.length <= most);
}

/** The caches that an answer leaves behind: of its last token only if another row was computed after it. */
function keepPaid({ paid }: JobContext, job: LiveJob): void {
  const { plan, pool, account, promptIds, emitted, epochs, finished, request } = job;
  const [answer = []] = emitted;
  const epoch = epochs.at(-1)?.epoch;
  if (!plan || !request || epoch === undefined || answer.length === 0) return;
  const isRead = finished.get(0) === 'stop' && request.stop.length === 0;
  job.leaves = paid.put({ pool, epoch, codec: plan.codec ?? 'exact' }, account, [
    ...promptIds,
    ...(isRead ? answer : answer.slice(0, -1)),
  ]);
}

const wasCancelled = (): PoolError => new PoolError('cancelled', 'The request was cancelled.');

const wentWrong = (context: JobContext, job: LiveJob, how: string): void =>
  finishJob(context, job, new PoolError('stage-failed', how));

/** The job goes to the head of its queue, a few times; then its caller hears why. */
export function driverLost(context: JobContext, job: LiveJob, error: PoolError): void {
  job.driver = undefined;
  if (job.cancelled) finishJob(context, job, wasCancelled());
  else if (job.attempts >= MAX_ATTEMPTS) finishJob(context, job, error);
  else {
    job.state = 'waiting';
    job.lostMs = performance.now();
    context.queues.of(job.pool).putBack(job);
    context.queues.watchDesertion(job.pool);
  }
}
