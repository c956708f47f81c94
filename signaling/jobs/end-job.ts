// A job's one way out: whoever asked hears at once what it costs at most; then who worked is paid, and the row says how it went.
import { PoolError } from '../../protocol/errors.ts';
import { clampDelivery, tokensOf } from '../settlement/bill.ts';
import type { SettlementPlan } from '../settlement/settlement-types.ts';
import type { JobContext } from './job-context.ts';
import { shownFailure } from './job-listeners.ts';
import type { LiveJob } from './live-job.ts';
import { settleJob } from './settle-job.ts';
import { billFor, deliveryOf } from './witness.ts';

/** A driver that was told to stop has this long to say what it had. */
const CANCEL_GRACE_MS = 5_000;
const RETURN_MS = 60_000;

export function cancelJob(context: JobContext, job: LiveJob): void {
  if (job.cancelled || job.state === 'settling' || job.state === 'over') return;
  job.cancelled = true;
  const error = new PoolError('cancelled', 'The request was cancelled.');
  if (job.state === 'waiting') finishJob(context, job, error);
  else if (job.state === 'running' && job.request && job.driver) {
    context.send(job.driver, { type: 'job-cancel', job: job.id });
    clearTimeout(job.timer);
    job.timer = setTimeout(() => finishJob(context, job, error), CANCEL_GRACE_MS);
  }
}

/** A tab whose line to the server broke may be driving on: it has this long to come back and say what it received. */
export function awaitReturn(context: JobContext, job: LiveJob, left: PoolError): void {
  clearTimeout(job.timer);
  const untilEndMs = (job.endsMs ?? Number.POSITIVE_INFINITY) - performance.now();
  job.timer = setTimeout(() => finishJob(context, job, left), Math.max(0, Math.min(RETURN_MS, untilEndMs)));
}

/** May be called whenever; the first call decides. */
export function finishJob(context: JobContext, job: LiveJob, error?: PoolError): void {
  if (job.state === 'settling' || job.state === 'over') return;
  clearTimeout(job.timer);
  job.state = 'settling';
  context.queues.of(job.pool).drop(job);
  context.observe?.answered?.(job);
  context.keep(end(context, job, error));
}

async function end(context: JobContext, job: LiveJob, error?: PoolError): Promise<void> {
  const { logger, observe, store, poolOf, jobs, door } = context;
  weighFailure(context, job, error);
  job.usage.cachedTokens = job.cache?.isPaid ? job.cache.tokens : 0;
  tell(job, error);
  // What a client that vanished had signed for on the way comes with the receipts.
  const isSigned = job.note !== undefined;
  const correct = isSigned ? keepPaidLength(context, job) : undefined;
  const unkept = (thrown: unknown): void => logger.error({ err: thrown, job: job.id }, 'a job’s end could not be kept');
  // What was told goes out, and whoever asks the next thing comes in, before the database takes the thread.
  const kept = door.quiet().then(() => store.save(job, { chargedMicros: billFor(job) }).catch(unkept));
  job.kept = kept;
  const layers = job.epochs[0]?.seats.at(-1)?.end ?? poolOf(job.pool)?.manifest?.layers ?? 1;
  let chargedMicros = 0;
  let settlement: SettlementPlan | undefined;
  try {
    ({ chargedMicros, settlement } = await settleJob(context, job, layers, error));
    if (job.leaves && settlement?.gaps.length === 0) job.leaves.isPaid = true;
  } catch (thrown) {
    // What is set aside stays so until it expires: nothing is charged that was not settled.
    logger.error({ err: thrown, job: job.id }, 'a job could not be settled');
  }
  correctPaidLength(context, job, { settlement, correct: correct ?? keepPaidLength(context, job) });
  const errorCode = error?.code;
  await kept;
  job.state = 'over';
  const over = { chargedMicros, isOver: true, ...(errorCode ? { errorCode } : {}) };
  job.kept = store.save(job, over).catch(unkept);
  await job.kept;
  jobs.delete(job.id);
  observe?.ended(job, { settlement, ...(errorCode ? { errorCode } : {}) });
}

/**
 * Over HTTP, what the network failed costs what its caller has received: of an answer that is told whole, nothing; of a
 * streamed one what was told, and whoever asks the same again pays the rest.
 */
function weighFailure({ paidAnswers }: JobContext, job: LiveJob, error: PoolError | undefined): void {
  if (!error || !job.request || job.cancelled || error.code === 'cancelled') return;
  const { pool, account, promptIds, emitted, choices, isStreamed, delivered, paidBefore: before, request } = job;
  if (!isStreamed) for (const parts of delivered) parts.length = 0;
  const ids = isStreamed ? (emitted[0] ?? []) : [];
  if (choices === 1) paidAnswers.put({ pool, account, promptIds }, { seed: request.seed, ids, before });
}

/** A chat's next turn, or the rest of an answer that was cut, pays for what is new. */
function keepPaidLength({ paidLengths }: JobContext, job: LiveJob): ((paid: number) => number) | undefined {
  if (job.request) return undefined;
  const paid = lengthOf(job);
  return paid > 0 ? paidLengths.put(job.payer, job.pool, paid) : undefined;
}

/** Positions that are paid for when all that its client signed for is. */
function lengthOf(job: LiveJob): number {
  const delivery = deliveryOf(job);
  const [answer = []] = delivery ? clampDelivery(delivery, job.most).choices : [];
  const tokens = tokensOf(answer);
  return tokens > 0 ? job.usage.promptTokens + tokens : job.paidTokens;
}

interface Settled {
  settlement: SettlementPlan | undefined;
  correct: ReturnType<typeof keepPaidLength>;
}

/** What was signed for and no seat showed was not paid, and nothing is taken off for it. */
function correctPaidLength({ overshoot }: JobContext, job: LiveJob, { settlement, correct }: Settled): void {
  if (!correct || !settlement || settlement.billMicros === 0) return;
  const { chargedMicros, billMicros } = settlement;
  const { promptMicros, completionMicros } = job.price;
  const newly = Math.max(0, lengthOf(job) - job.paidTokens);
  const unpaid = correct(Math.min(lengthOf(job), job.paidTokens) + Math.ceil((newly * chargedMicros) / billMicros));
  if (completionMicros > 0) overshoot.take(job.payer, job.pool, (unpaid * promptMicros) / completionMicros);
}

/** An answer ends when it ends: no silent stage and no slow database delays it. */
function tell(job: LiveJob, error: PoolError | undefined): void {
  if (error) job.listener.failed(shownFailure(error));
  if (!error || job.source === 'tab') {
    const { stats, usage } = job;
    job.listener.ended({ stats, usage, plan: job.plan!, chargedMicros: billFor(job) });
  }
}
