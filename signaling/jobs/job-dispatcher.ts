// Where jobs come in, from HTTP and from tabs, and where their drivers report: admission, holds, dispatch, the loss of a
// driver, settlement. Sees text only of jobs that came over HTTP, keeps none of it, logs none of it.

import { randomBytes } from 'node:crypto';
import type { ClientMessage, Coalition } from '../../protocol/control.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent } from '../../protocol/job.ts';
import { ASKS_OF_PAGE } from '../../protocol/limits.ts';
import type { SignedReceipt } from '../../protocol/receipt.ts';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import { faultOf } from '../db/database-faults.ts';
import { type OwnerId, ownerOfPeer } from '../ledger/owner.ts';
import { admitJob, countPrompt, devicesOf, planJob, poolFor, termsOf, withinMost } from './admit-job.ts';
import { closeJobs } from './close-jobs.ts';
import { createJobContext } from './create-job-context.ts';
import { awaitReturn, cancelJob, finishJob } from './end-job.ts';
import type { GoingJob } from './going-job.ts';
import { driverLost, hearDriver } from './hear-driver.ts';
import type { JobContext, JobOptions } from './job-context.ts';
import { shownFailure, streamListener, tabListener } from './job-listeners.ts';
import type { Job, JobOrder, JobService, QuoteOrder } from './job-types.ts';
import type { LiveJob } from './live-job.ts';
import type { PoolLoad } from './pool-queues.ts';
import { leaveDrivers, watchQuiet } from './quiet-drivers.ts';
import { keepShown, watchShown } from './show-so-far.ts';
import { limitGrant, tellAgain, tellFunding } from './start-job.ts';
import { takeUp } from './take-up.ts';
import { together } from './together.ts';
import { billFor, takeAcknowledged, takeNote } from './witness.ts';

/** Only an ask that still waits can be cancelled by its number, and far fewer wait. */
const MAX_REMEMBERED_ASKS = 10_000;
/**
 * One address may ask so often: each ask costs the database several statements, whatever comes of it. Thirty people behind one
 * router ask eight times a minute each.
 */
const ASKS_PER_MINUTE = 240;
const ASKS_AT_ONCE = 60;

type Ask = Extract<ClientMessage, { type: 'ask' }>;
type AskDone = Extract<ClientMessage, { type: 'ask-done' }>;

export class JobDispatcher implements JobService {
  readonly #context: JobContext;
  /** By peer and the number it gave; the job may be over. */
  readonly #asks = new Map<string, JobId>();
  readonly #paces = new KeyedBuckets({ perMinute: ASKS_PER_MINUTE, burst: ASKS_AT_ONCE });
  /** Asks on their way in, and why it is that they are not wanted any more. */
  readonly #entering = new Set<{ peer: PeerId; ask: number; givenUp?: PoolError }>();
  readonly #stopWatching: (() => void)[];

  constructor(options: JobOptions) {
    this.#context = createJobContext(options);
    this.#stopWatching = [watchQuiet(this.#context), watchShown(this.#context)];
  }

  /** Lengths of queues, for snapshots and metrics; of one coalition where it is given. */
  loadOf(pool: PoolId, coalition?: Coalition): PoolLoad {
    return this.#context.queues.loadOn(pool, coalition);
  }

  /** Jobs of all pools together. */
  load(): { running: number; waiting: number } {
    const jobs = [...this.#context.jobs.values()];
    const count = (state: LiveJob['state']): number => jobs.filter((job) => job.state === state).length;
    return { running: count('running'), waiting: count('waiting') };
  }

  /** What a job that runs is worth so far, as its witness saw it; 0 for one that is unknown. */
  worthSoFar(id: JobId): number {
    const job = this.#context.jobs.get(id);
    return job ? billFor(job) : 0;
  }

  /** Nobody pays for it any more, or it is to end: it ends with what it has. False for one that is unknown. */
  stop(id: JobId, why = 'It is not paid for any more.'): boolean {
    const job = this.#context.jobs.get(id);
    if (!job) return false;
    if (job.request) cancelJob(this.#context, job);
    else finishJob(this.#context, job, new PoolError('cancelled', why));
    return true;
  }

  async submit(order: JobOrder): Promise<Job> {
    const leave = this.#context.door.enter();
    return this.#admit(order, leave).catch((thrown) => {
      leave();
      throw thrown;
    });
  }

  async #admit(order: JobOrder, onAnswered: () => void): Promise<Job> {
    const { request } = order;
    const [, { pool, promptIds }, own] = await together(
      Promise.resolve(order.confirm?.()),
      countPrompt(this.#context, order),
      devicesOf(this.#context, order),
    );
    const promptTokens = promptIds.length;
    const plan = planJob(this.#context, pool, { promptTokens, maxTokens: request.maxTokens });
    if (plan.mode === 'batch' && order.source !== 'batch') {
      throw new PoolError('no-stages', `${plan.reason} Send it as a batch.`, { data: { retryAfterSeconds: 30 } });
    }
    const id = newJobId();
    const { listener, job } = streamListener(id, onAnswered);
    const { paidAnswers } = this.#context;
    const asked = { pool: pool.id, account: order.payer, promptIds };
    const paidBefore = request.choices === 1 ? paidAnswers.take(asked) : undefined;
    // Who names no seed gets the answer again that was cut.
    const seed = paidBefore && !order.isSeeded ? paidBefore.seed : request.seed;
    const live = await admitJob(this.#context, {
      ...withinMost(
        termsOf(this.#context, pool, { ...request, payer: order.payer, promptTokens, quote: order.quote }),
        order.maxMicros,
      ),
      ...{ id, listener, source: order.source, payer: order.payer, promptIds, own, paidBefore },
      request: { ...request, seed },
      // A batch has none: few of its lines run at a time.
      place: order.address,
      isStreamed: order.isStreamed ?? false,
    }).catch((thrown) => {
      if (paidBefore) paidAnswers.putBack(asked, paidBefore);
      throw thrown;
    });
    order.signal?.addEventListener('abort', () => cancelJob(this.#context, live), { once: true });
    if (order.signal?.aborted) cancelJob(this.#context, live);
    return { ...job, seed };
  }

  async quote(order: QuoteOrder) {
    const { request, maxMicros, quote } = order;
    const counted = countPrompt(this.#context, order);
    const [, { pool, promptIds }] = await together(Promise.resolve(order.confirm?.()), counted);
    const promptTokens = promptIds.length;
    const terms = termsOf(this.#context, pool, { ...request, payer: order.payer, promptTokens, quote });
    const { heldMicros, price } = withinMost(terms, maxMicros);
    const plan = planJob(this.#context, pool, { promptTokens, maxTokens: request.maxTokens });
    const { quotes } = this.#context;
    // One that was shown stays as it is: asking again makes no price hold for longer.
    const promise =
      quote === undefined ? quotes.make(pool.id, price) : { quote, expiresAt: quotes.open(quote, pool.id).expiresAt };
    return { maxMicros: heldMicros, price, ...promise, plan };
  }

  /** An answer that has just ended is found as it ended. */
  async find(id: string, payer: OwnerId) {
    await this.#context.jobs.get(id as JobId)?.kept;
    return this.#context.store.find(id, payer);
  }

  /** A tab at `place` asks for a grant to drive an answer. Refusals go back as `ask-refused`. */
  async ask(peer: PeerId, message: Ask, place?: string): Promise<void> {
    const { ask, promptTokens, maxTokens, mode, capability, embeddedIn } = message;
    if ([...this.#entering].some((other) => other.peer === peer && other.ask === ask && !other.givenUp)) return;
    const entering: { peer: PeerId; ask: number; givenUp?: PoolError } = { peer, ask };
    const leave = this.#context.door.enter();
    try {
      if (place !== undefined && !this.#paces.take(place)) {
        const data = { retryAfterSeconds: this.#paces.waitSeconds(place) };
        throw new PoolError('rate-limited', 'Too many answers are asked for from your address at once.', { data });
      }
      this.#endEarlierPage(peer, ask);
      const known = this.#asksOf(peer).find(({ id }) => id === this.#asks.get(keyOf(peer, ask)));
      if (known) return tellAgain(this.#context, known);
      const pool = poolFor(this.#context, message.pool, capability !== undefined);
      const count = this.#asksOf(peer).length + [...this.#entering].filter((other) => other.peer === peer).length;
      // One that runs, and as many that wait.
      const most = this.#context.limits.maxWaitingPerAccount + 1;
      if (count >= most) throw new PoolError('rate-limited', `A tab has at most ${most} answers under way.`);
      this.#entering.add(entering);
      const plan = planJob(this.#context, pool, { promptTokens, maxTokens, mode, asker: { peer, capability } });
      if (plan.mode === 'batch') throw new PoolError('no-stages', plan.reason, { data: { plan } });
      const account = await this.#context.accounts.ownerOf(peer);
      const payer = ownerOfPeer(peer, account);
      const terms = termsOf(this.#context, pool, { payer, promptTokens, maxTokens, choices: 1 });
      const heldMicros = plan.local ? 0 : terms.heldMicros;
      const id = newJobId();
      const listener = tabListener(id, ask, heldMicros, (reply) => this.#context.send(peer, reply));
      const job = {
        ...terms,
        heldMicros,
        id,
        listener,
        payer,
        request: undefined,
        source: 'tab',
        driver: peer,
        ...{ place, embeddedIn },
      } as const;
      const live = await admitJob(
        this.#context,
        // As far as the model holds it: what a tab says of itself is a number of any size.
        { ...job, promptTokens: Math.min(promptTokens, terms.most.promptTokens) },
        plan,
        () => entering.givenUp,
      );
      this.#remember(keyOf(peer, ask), live.id);
    } catch (thrown) {
      if (faultOf(thrown).code === 'internal') this.#context.logger.error({ err: thrown }, 'ask failed');
      this.#context.send(peer, { type: 'ask-refused', ask, error: shownFailure(thrown).toShape() });
    } finally {
      leave();
      this.#entering.delete(entering);
    }
  }

  /** Waiting, on its way in, or granted while the tab said so: then the tab drives nothing, and stages are paid for what they did. */
  askCancelled(peer: PeerId, ask: number): void {
    const error = new PoolError('cancelled', 'The ask was cancelled.');
    for (const entering of this.#entering) if (entering.peer === peer && entering.ask === ask) entering.givenUp = error;
    const job = this.#context.jobs.get(this.#asks.get(keyOf(peer, ask)) ?? ('' as JobId));
    if (job?.state === 'waiting') cancelJob(this.#context, job);
    else if (job?.state === 'running') {
      job.cancelled = true;
      finishJob(this.#context, job, error);
    }
  }

  /** The client's word of what it received: the first ends the answer, a later one may say more. */
  async askDone(peer: PeerId, message: AskDone): Promise<void> {
    const job = this.#context.jobs.get(message.job);
    if (job?.source !== 'tab' || job.driver !== peer) return;
    if (message.delivery) await takeNote(this.#context.serverId, job, message.delivery);
    if (job.state !== 'running') return;
    // The prompt is as long as it was when the grant was asked for: what is held was reckoned by that.
    const { promptTokens } = job.usage;
    const cachedTokens = Math.min(message.cachedTokens, job.paidTokens, promptTokens);
    job.usage = { promptTokens, cachedTokens, completionTokens: Math.min(message.completionTokens, job.maxTokens) };
    job.stats = message.stats;
    finishJob(this.#context, job);
  }

  /** What the driver at an entry stage reports. Events of jobs that it does not drive are dropped. */
  jobEvents(peer: PeerId, events: readonly JobEvent[]): void {
    for (const event of events) {
      const job = this.#context.jobs.get(event.job);
      if (job?.request && job.driver === peer && job.state === 'running') hearDriver(this.#context, job, event);
    }
  }

  /** A tab's own answer does not go on. Who has none there under way has nothing to say of it. */
  stoodStill(peer: PeerId, { pool, epoch }: Extract<ClientMessage, { type: 'stood-still' }>): void {
    if (this.hasAnswer(peer, pool, epoch)) this.#context.onStill?.(pool, epoch);
  }

  /** Whether this tab drives an answer over that epoch. */
  hasAnswer(peer: PeerId, pool: PoolId, epoch: number): boolean {
    const isOwn = (job: LiveJob): boolean =>
      job.source === 'tab' && job.driver === peer && job.state === 'running' && job.pool === pool;
    const isThere = (job: LiveJob): boolean => isOwn(job) && job.epochs.some((used) => used.epoch === epoch);
    return [...this.#context.jobs.values()].some(isThere);
  }

  /** `delivery`: what the job's client has said to who ran its loop. `goesOn`: of what a stage has done by now. */
  async receiptsCame(
    peer: PeerId,
    id: JobId,
    epoch: number,
    receipts: readonly SignedReceipt[],
    delivery?: SignedDelivery,
    goesOn = false,
  ): Promise<void> {
    if (goesOn) return keepShown(this.#context, { peer, job: id, epoch, receipts });
    const job = delivery && this.#context.jobs.get(id);
    if (job?.source === 'tab') await takeAcknowledged(this.#context.serverId, job, delivery!);
    this.#context.collector.take(peer, id, epoch, receipts);
  }

  /** Its jobs go on elsewhere, its asks end. */
  peerGone(peer: PeerId): void {
    this.#context.collector.peerGone(peer);
    for (const entering of this.#entering) {
      if (entering.peer === peer) entering.givenUp = new PoolError('stage-left', 'The asking tab left.');
    }
    for (const job of [...this.#context.jobs.values()]) {
      if (job.driver !== peer) continue;
      job.isAskedAgain = false;
      const left = new PoolError('stage-left', 'The tab that drove the answer left.');
      if (job.source === 'tab') {
        if (job.state === 'waiting') cancelJob(this.#context, job);
        else if (job.state === 'running') awaitReturn(this.#context, job, left);
      } else if (job.state === 'running') driverLost(this.#context, job, left);
    }
  }

  /** Answers of chats that went on while no server was there. Comes before any tab does. */
  takeUp(going: readonly GoingJob[]): void {
    for (const job of going) takeUp(this.#context, job);
  }

  /** A tab that was away: its answers have gone on meanwhile. */
  peerJoined(peer: PeerId): void {
    this.#context.collector.peerJoined(peer);
    for (const job of this.#context.jobs.values()) {
      if (job.source === 'tab' && job.driver === peer && job.state === 'running') limitGrant(this.#context, job);
    }
  }

  /** The roster has changed this pool. */
  poolChanged(id: PoolId): void {
    for (const { job, coalition } of this.#context.queues.poolChanged(id)) {
      tellFunding(this.#context, job, 'moved', coalition);
      this.#context.keep(this.#context.store.save(job));
    }
    for (const job of this.#context.jobs.values()) {
      if (job.pool === id && job.isAskedAgain) tellAgain(this.#context, job);
    }
    leaveDrivers(this.#context, id);
  }

  /** Admits no more; resolves when what runs has ended or, after `graceMs`, been let go. */
  close(graceMs = 0): Promise<void> {
    for (const stop of this.#stopWatching) stop();
    return closeJobs(this.#context, graceMs);
  }

  #asksOf(peer: PeerId): LiveJob[] {
    const isUnderWay = ({ state }: LiveJob): boolean => state === 'waiting' || state === 'running';
    return [...this.#context.jobs.values()].filter(
      (job) => job.source === 'tab' && job.driver === peer && isUnderWay(job),
    );
  }

  /** A page that was reloaded drives nothing of what it had asked for before. */
  #endEarlierPage(peer: PeerId, ask: number): void {
    const underWay = this.#asksOf(peer);
    if (underWay.length === 0) return;
    const asked = new Map([...this.#asks].map(([key, job]) => [job, askOf(key)]));
    for (const job of underWay) {
      const own = asked.get(job.id);
      if (own === undefined || pageOf(own) === pageOf(ask)) continue;
      if (job.state === 'waiting') cancelJob(this.#context, job);
      else finishJob(this.#context, job, new PoolError('stage-left', 'The page that asked was reloaded.'));
    }
  }

  #remember(key: string, job: JobId): void {
    this.#asks.set(key, job);
    const [oldest] = this.#asks.keys();
    if (this.#asks.size > MAX_REMEMBERED_ASKS && oldest !== undefined) this.#asks.delete(oldest);
  }
}

const keyOf = (peer: PeerId, ask: number): string => `${peer}/${ask}`;
const askOf = (key: string): number => Number(key.slice(key.indexOf('/') + 1));
const pageOf = (ask: number): number => Math.floor(ask / ASKS_OF_PAGE);

const newJobId = (): JobId => randomBytes(16).toString('hex') as JobId;
