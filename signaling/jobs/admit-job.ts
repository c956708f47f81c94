// A job's way in: whether its pool is there, what it may compute and cost at most, its reservation, its place in
// the queue, and its row. After `admitJob` a job ends only through `finishJob`.
import { randomBytes } from 'node:crypto';
import { checkPrompt } from '../../protocol/check-prompt.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId, PoolId } from '../../protocol/ids.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { faultOf } from '../db/database-faults.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import { type OwnerId, readOwner } from '../ledger/owner.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { maxCost } from '../settlement/price-of.ts';
import { finishJob } from './end-job.ts';
import type { JobContext, RouteQuestion } from './job-context.ts';
import type { JobOrder } from './job-types.ts';
import { type LiveJob, liveJob, type NewJob } from './live-job.ts';
import { positionBounds } from './price-order.ts';
import { endSponsoring, reserveForVisitor } from './sponsor-job.ts';
import { grantMs, startLocally } from './start-job.ts';

/** A job that waits longer is let go: the asker has long left or should send a batch. */
const MAX_WAIT_MS = 10 * 60_000;
/** What is set aside stays so for this much longer than the grant: a settlement has its time. */
const SETTLE_MARGIN_MS = 5 * 60_000;
const SPENT =
  'What this page gives its visitors is used up for today, and this tab’s own credits do not cover the answer.';
/** Devices of the payer that a grant names. */
const MAX_OWN = 32;

/** The pool as it is now. Throws `no-stages`, `shutting-down`. `canBeAlone`: the asking tab may hold the whole model. */
export function poolFor(context: JobContext, id: PoolId, canBeAlone = false): Pool {
  if (context.isClosing) throw closing();
  const pool = context.poolOf(id);
  // A tab that holds the whole model needs no stage, only the manifest.
  const manifest = pool?.manifest ?? (canBeAlone ? context.manifestOf?.(id) : undefined);
  if (manifest && canBeAlone) return { ...(pool ?? emptyPool(id, 0)), manifest };
  if (!pool?.manifest || pool.peers.length === 0) {
    throw new PoolError('no-stages', 'No tab serves this model now.', { data: { retryAfterSeconds: 30 } });
  }
  return pool;
}

/**
 * The prompt of an order over HTTP, counted by the server itself: bill, hold and plan are reckoned by that, and by nobody's
 * word. Gives the pool as it is after the count. Throws `context-exceeded`, `prompt-empty` and what `poolFor` does.
 */
export async function countPrompt(
  context: JobContext,
  { pool: id, request: { prompt }, address, payer }: Pick<JobOrder, 'pool' | 'request' | 'address' | 'payer'>,
): Promise<{ pool: Pool; promptIds: readonly number[] }> {
  const { model } = poolFor(context, id);
  const asker = { address, owner: payer };
  const promptIds = prompt.kind === 'ids' ? prompt.ids : await context.promptIds(model, prompt, asker);
  const pool = poolFor(context, id);
  checkPrompt(promptIds.length, pool.manifest!.maxContext);
  return { pool, promptIds };
}

type Question = Omit<RouteQuestion, 'pool' | 'coalition' | 'running' | 'waiting' | 'slots'>;

export function planJob({ queues, route }: JobContext, pool: Pool, question: Question): RoutePlan {
  // Make the queue first: without one, `slots` reads 0.
  queues.of(pool.id);
  return route({ ...question, pool, ...queues.nextOn(pool.id) });
}

/** What an order may compute and cost at most. */
export function termsOf(
  { priceOf, quotes }: JobContext,
  pool: Pool,
  order: { payer: OwnerId; promptTokens: number; maxTokens: number; choices: number; quote?: string | undefined },
) {
  const { promptTokens, completionTokens, maxPosition } = positionBounds(
    pool.manifest!,
    order.promptTokens,
    order.maxTokens,
  );
  const { maxTokens, choices } = order;
  const price = order.quote === undefined ? priceOf(pool, order.payer) : quotes.open(order.quote, pool.id).price;
  const most = { promptTokens, maxTokens: completionTokens, choices };
  return { pool: pool.id, maxPosition, maxTokens, choices, price, most, heldMicros: maxCost({ ...most, price }) };
}

/** The terms, if what they may come to is no more than the asker allows. Throws `bad-request`. */
export function withinMost<Terms extends { heldMicros: number }>(terms: Terms, maxMicros: number | undefined): Terms {
  if (maxMicros === undefined || terms.heldMicros <= maxMicros) return terms;
  const sentence = `This may cost up to ${formatCredits(terms.heldMicros)} credits, more than 'max_credits' allows.`;
  throw new PoolError('bad-request', `${sentence} Ask for fewer tokens, or allow more.`, {
    data: { param: 'max_credits', code: 'max_credits_exceeded' },
  });
}

/**
 * Reservation, queue, row. Rejects with what the payer or the queue refuses with, or with why it was `givenUp` meanwhile, and
 * leaves nothing set aside then.
 */
export async function admitJob(
  context: JobContext,
  fields: Omit<NewJob, 'nonce' | 'own' | 'account'> & Partial<Pick<NewJob, 'own'>>,
  plan?: RoutePlan,
  givenUp: () => PoolError | undefined = () => undefined,
): Promise<LiveJob> {
  const { store, queues, jobs } = context;
  const nonce = randomBytes(16).toString('hex');
  const own = fields.own ?? (await devicesOf(context, fields));
  const job = liveJob({ ...fields, nonce, own, account: fields.payer });
  job.plan = plan;
  try {
    await reserve(context, job);
    if (context.isClosing) throw closing();
    const error = givenUp();
    if (error) throw error;
    jobs.set(job.id, job);
    job.timer = setTimeout(() => {
      finishJob(context, job, new PoolError('queue-full', 'It did not come to its turn in time.'));
    }, MAX_WAIT_MS);
    if (plan?.local) startLocally(context, job, plan);
    else {
      // Asked for only now: a queue that was empty while the row was made may have been let go with its pool.
      queues.of(job.pool).add(job);
      queues.watchDesertion(job.pool);
    }
    // Whoever waits for a first word does not wait for the row. One that has begun already has been kept so.
    if (job.state === 'waiting') context.keep(store.save(job));
  } catch (thrown) {
    clearTimeout(job.timer);
    jobs.delete(job.id);
    await context.fundingOf(job.pool).release(job.id);
    await endSponsoring(context, job, 0);
    await store.save(job, { errorCode: faultOf(thrown).code, isOver: true });
    throw thrown;
  }
  return job;
}

async function reserve(context: JobContext, job: LiveJob): Promise<void> {
  const { id, pool, payer, heldMicros } = job;
  if (heldMicros === 0) return;
  const expiresAt = new Date(Date.now() + MAX_WAIT_MS + grantMs(context, { pool, payer }) + SETTLE_MARGIN_MS);
  const reservation = { job: id, pool, payer, amountMicros: heldMicros, expiresAt };
  const sponsoring = await reserveForVisitor(context, job, reservation);
  if (sponsoring === 'paid') return;
  try {
    await context.fundingOf(pool).reserve(reservation);
  } catch (thrown) {
    const { code, data } = faultOf(thrown);
    if (sponsoring !== 'spent' || code !== 'insufficient-credits') throw thrown;
    throw new PoolError(code, SPENT, { data: { ...data, sponsor: 'spent' } });
  }
}

/** Where the payer's own frames go first. */
export async function devicesOf(
  { accounts }: JobContext,
  { payer, driver }: Partial<NewJob> & Pick<NewJob, 'payer'>,
): Promise<readonly PeerId[]> {
  const owner = readOwner(payer);
  if (owner.kind === 'account') return (await accounts.peersOf(owner.account)).slice(0, MAX_OWN);
  return driver ? [driver] : [];
}

const closing = (): PoolError => new PoolError('shutting-down', 'The server is restarting.');
