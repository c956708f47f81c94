// A job's turn: its driver gets a grant and begins, on a coalition or alone in the asking tab. Pays nobody.
import type { Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { sealGrant } from '../../protocol/grant.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { GRANT_SECONDS, MOST_GRANT_SECONDS } from '../../protocol/limits.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { readyOf, ringOf } from '../roster/coalitions.ts';
import { finishJob } from './end-job.ts';
import type { JobContext } from './job-context.ts';
import { type LiveJob, seatsOf } from './live-job.ts';

/** Computed in the asking tab itself: no coalition, no grant, nothing set aside, but prediction and outcome are kept. */
export function startLocally(context: JobContext, job: LiveJob, plan: RoutePlan): void {
  job.state = 'running';
  job.endsMs = performance.now() + GRANT_SECONDS * 1000;
  begin(context, job);
  tellRoute(context, job, plan, { epoch: 0 }, undefined);
}

/** As long as a grant is good: for longer than usual where what is paid covers it, and by no flow of money. */
export function grantMs(
  { fundingOf }: Pick<JobContext, 'fundingOf'>,
  { pool, payer }: Pick<LiveJob, 'pool' | 'payer'>,
): number {
  const covered = Math.min(MOST_GRANT_SECONDS, fundingOf(pool).coveredSeconds?.(payer) ?? 0);
  return Math.max(GRANT_SECONDS, covered) * 1000;
}

/** On this coalition. False when its driver cannot be told: the job waits on. */
export function startJob(context: JobContext, job: LiveJob, coalition: Coalition): boolean {
  const { epoch, seats } = coalition;
  const driver = job.request ? seats[0]?.peer : job.driver;
  const pool = context.poolOf(job.pool);
  if (!driver || !pool) return false;
  const promptTokens = Math.max(1, job.usage.promptTokens);
  const question = { promptTokens, maxTokens: job.maxTokens, codec: job.request?.codec };
  job.plan ??= context.route({ ...question, pool, coalition, ...context.queues.loadOn(pool.id, coalition) });
  job.endsMs ??= performance.now() + grantMs(context, job);
  if (!job.request) job.loopAhead ??= context.overshoot.aheadOf(job.payer, job.pool);
  const grant = grantFor(context, job, driver);
  if (job.request) {
    const request = requestFor(context, job, job.plan);
    if (!context.send(driver, { type: 'job-start', job: job.id, grant, epoch, request })) return false;
  }
  job.state = 'running';
  job.driver = driver;
  job.heardMs = performance.now();
  const work = seatsOf(coalition);
  job.epochs = [...job.epochs.filter((used) => used.epoch !== epoch), work];
  findPaid(context, job, epoch);
  const isFirst = job.attempts++ === 0;
  if (isFirst) begin(context, job);
  tellFunding(context, job, isFirst ? 'began' : 'moved', coalition);
  tellRoute(context, job, job.plan, coalition, grant);
  return true;
}

/**
 * What its owner has paid for before: a chat's earlier turns, an answer to the same that the network failed, or what this
 * coalition still holds of the owner's last answer, unless another one has begun to answer already.
 */
function findPaid({ paid, paidLengths, overshoot }: JobContext, job: LiveJob, epoch: number): void {
  const { plan, pool, account, payer, promptIds, paidBefore } = job;
  if (!job.request) {
    const isFirst = job.attempts === 0 && !overshoot.isUsedUp(payer, pool);
    if (isFirst) job.paidTokens = paidLengths.take(payer, pool, job.usage.promptTokens);
    return;
  }
  if (!plan || job.choices > 1 || job.emitted.some((ids) => ids.length > 0)) return;
  job.cache = paidBefore
    ? {
        tokens: promptIds.length,
        get isPaid() {
          return !paidBefore.differs;
        },
      }
    : paid.take({ pool, epoch, codec: plan.codec ?? 'exact' }, account, promptIds);
}

/** Who works on it now concerns whoever pays them. */
export function tellFunding(context: JobContext, job: LiveJob, verb: 'began' | 'moved', coalition: Coalition): void {
  if (job.heldMicros > 0) context.keep(context.fundingOf(job.pool)[verb](job.id, seatsOf(coalition)));
}

/** What its driver is asked to do: from the start, or on from what the caller was told. */
function requestFor({ ownerTag }: JobContext, job: LiveJob, plan: RoutePlan) {
  const request = job.request!;
  // A caller that wants no drafting gets none; how to draft is the planner's.
  const drafter = request.drafter === 'none' ? 'none' : plan.drafter;
  const resume = job.emitted.some((ids) => ids.length > 0) ? { resume: job.emitted } : {};
  return { ...request, owner: ownerTag(job.account), drafter, codec: plan.codec, ...resume };
}

/** A tab that left while its job was admitted: nobody else would end it. */
function tellRoute(
  context: JobContext,
  job: LiveJob,
  plan: RoutePlan,
  over: Pick<Coalition, 'epoch' | 'ring'>,
  grant: string | undefined,
): void {
  if (job.listener.routed(plan, over, grant)) return;
  finishJob(context, job, new PoolError('stage-left', 'The asking tab left.'));
}

/** To a tab that asks for it again: its socket broke before it had heard of it. */
export function tellAgain(context: JobContext, job: LiveJob): void {
  const { state, plan, driver, ring } = job;
  job.isAskedAgain = false;
  if (state === 'waiting') {
    job.toldPlace = 0;
    context.queues.of(job.pool).pump();
  }
  if (state !== 'running' || !plan || !driver) return;
  if (plan.local) tellRoute(context, job, plan, { epoch: 0 }, undefined);
  const pool = context.poolOf(job.pool);
  const ready = pool ? readyOf(pool) : [];
  const coalition = ready.find((one) => ringOf(one) === ring) ?? ready[0];
  job.isAskedAgain = !plan.local && !coalition;
  if (job.isAskedAgain) job.listener.queued(1, 1, { kind: 'replacing' });
  if (!plan.local && coalition) tellRoute(context, job, plan, coalition, grantFor(context, job, driver));
}

/** It ends with its first grant: neither a tab that comes back nor another coalition makes it longer than what is held for it. */
export function limitGrant(context: JobContext, job: LiveJob): void {
  clearTimeout(job.timer);
  job.timer = setTimeout(() => {
    if (job.request && job.driver) context.send(job.driver, { type: 'job-cancel', job: job.id });
    finishJob(context, job, new PoolError('lap-timeout', 'The answer took longer than its grant.'));
  }, leftMs(job));
}

const leftMs = ({ endsMs }: LiveJob): number => Math.max(0, (endsMs ?? 0) - performance.now());

function begin(context: JobContext, job: LiveJob): void {
  limitGrant(context, job);
  context.observe?.started(job, performance.now() - job.createdMs);
  context.keep(context.store.save(job));
}

function grantFor({ sign }: JobContext, job: LiveJob, driver: PeerId): string {
  const { id, nonce, pool, choices, maxPosition, own, loopAhead: ahead } = job;
  const { promptTokens } = job.usage;
  const expires = Math.floor((Date.now() + leftMs(job)) / 1000);
  return sealGrant(
    { job: id, nonce, pool, driver, sessions: choices, maxPosition, promptTokens, own: [...own], ahead, expires },
    sign,
  );
}
