// The life of a job between admission and settlement: held, queued, started at a driver, started again when that vanishes,
// ended once. Every job that is admitted leaves through `finish`.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { ClientMessage, Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { sealGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import type { JobEvent } from '../../protocol/job.ts';
import { GRANT_SECONDS } from '../../protocol/limits.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { SignText } from '../../protocol/signed-token.ts';
import type { Accounts } from '../accounts/account-types.ts';
import type { AdmissionLimits } from '../admission/admission-queue.ts';
import type { Ledger, Price } from '../ledger/ledger-types.ts';
import { readOwner } from '../ledger/owner.ts';
import { emptyPool, type Pool } from '../roster/roster-state.ts';
import { maxCost } from '../settlement/price-of.ts';
import type { ReceiptStore } from '../settlement/receipt-store.ts';
import type { SettlementPlan } from '../settlement/settle-receipts.ts';
import { ReceiptCollector } from './collect-receipts.ts';
import type { JobStore } from './job-store.ts';
import { type LiveJob, liveJob, type NewJob, type UsedEpoch } from './live-job.ts';
import { makeOwnerTag } from './owner-tag.ts';
import { PoolLane } from './pool-lane.ts';
import { positionBounds } from './price-order.ts';
import { settleJob } from './settle-job.ts';
import { shownFailure } from './voices.ts';

const MAX_ATTEMPTS = 5;
/** A job that waits longer is let go: the asker has long left or should send a batch. */
const MAX_WAIT_MS = 10 * 60_000;
/** A tab that reloads is back within seconds; whoever waits longer for anybody at all should rather hear of it. */
const DESERTED_MS = 30_000;
/** A driver that was told to stop has this long to say what it had. */
const CANCEL_GRACE_MS = 5_000;
/** A hold outlives the grant by this much, for the settlement. */
const HOLD_MARGIN_MS = 5 * 60_000;
/** What the planner is asked about one request. */
export interface RouteQuestion {
  pool: Pool;
  promptTokens: number;
  maxTokens: number;
  mode?: RoutePlan['mode'] | undefined;
  /** Of the request, where it names one. */
  codec?: RoutePlan['codec'];
  /** The asking tab and what it measured of itself; undefined for HTTP. */
  asker?: { peer: PeerId; capability?: Extract<ClientMessage, { type: 'ask' }>['capability'] } | undefined;
  running: number;
  waiting: number;
  slots: number;
}

export interface DeskObserver {
  started(job: LiveJob, waitMs: number): void;
  ended(job: LiveJob, end: { errorCode?: string; settlement?: SettlementPlan | undefined }): void;
}

export interface JobEngineOptions {
  ledger: Ledger;
  store: JobStore;
  receipts: ReceiptStore;
  accounts: Pick<Accounts, 'ownerOf' | 'peersOf'>;
  sign: SignText;
  logger: Logger;
  limits: AdmissionLimits;
  /** The roster's present view of a pool; undefined when nobody is in it. */
  poolOf(id: PoolId): Pool | undefined;
  /** What the server itself has read of a pool's model. */
  manifestOf?(id: PoolId): ModelManifest | undefined;
  /** False when the peer is not connected. */
  send(peer: PeerId, message: ServerMessage): boolean;
  route(question: RouteQuestion): RoutePlan;
  priceOf(pool: Pool): Price;
  observe?: DeskObserver;
  receiptTimeoutMs?: number;
  /** What waits is let go when nobody has been in its pool for this long. */
  desertedMs?: number;
}

export class JobEngine {
  readonly jobs = new Map<JobId, LiveJob>();
  readonly collector: ReceiptCollector;
  readonly #options: JobEngineOptions;
  readonly #ownerTag = makeOwnerTag();
  readonly #lanes = new Map<PoolId, PoolLane>();
  readonly #ending = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: JobEngineOptions) {
    this.#options = options;
    this.collector = new ReceiptCollector((peer, message) => options.send(peer, message), options.receiptTimeoutMs);
  }

  loadOf(pool: PoolId): { running: number; waiting: number; slots: number } {
    const lane = this.#lanes.get(pool);
    return { running: lane?.running.size ?? 0, waiting: lane?.waiting ?? 0, slots: lane?.slots ?? 0 };
  }

  load(): { running: number; waiting: number } {
    const jobs = [...this.jobs.values()];
    return {
      running: jobs.filter(({ state }) => state === 'running').length,
      waiting: jobs.filter(({ state }) => state === 'waiting').length,
    };
  }

  /** The pool as it is now. Throws `no-stages`, `shutting-down`. */
  poolFor(id: PoolId, canBeAlone = false): Pool {
    if (this.#isClosing) throw new PoolError('shutting-down', 'The server is restarting.');
    const pool = this.#options.poolOf(id);
    // Whoever may compute it all alone needs no tab, only what the model is like.
    const manifest = pool?.manifest ?? (canBeAlone ? this.#options.manifestOf?.(id) : undefined);
    if (manifest && canBeAlone) return { ...(pool ?? emptyPool(id, 0)), manifest };
    if (!pool?.manifest || pool.peers.length === 0) {
      throw new PoolError('no-stages', 'No tab serves this model now.', { data: { retryAfterSeconds: 30 } });
    }
    return pool;
  }

  plan(pool: Pool, question: Omit<RouteQuestion, 'pool' | 'running' | 'waiting' | 'slots'>): RoutePlan {
    // Without its lane a pool's first question would see a coalition that takes nobody.
    this.#lane(pool.id);
    return this.#options.route({ ...question, pool, ...this.loadOf(pool.id) });
  }

  /** What an order may compute and cost at most. */
  terms(pool: Pool, order: { promptTokens: number; maxTokens: number; choices: number }) {
    const bounds = positionBounds(pool.manifest!, order.promptTokens, order.maxTokens);
    const price = this.#options.priceOf(pool);
    const heldMicros = maxCost({
      promptTokens: bounds.promptTokens,
      maxTokens: bounds.completionTokens,
      choices: order.choices,
      price,
    });
    const { maxPosition } = bounds;
    return { pool: pool.id, maxPosition, maxTokens: order.maxTokens, choices: order.choices, price, heldMicros };
  }

  /** Row, hold, queue: after this the job ends only through `finish`. */
  async admit(fields: Omit<NewJob, 'nonce' | 'own' | 'account'>, plan?: RoutePlan): Promise<LiveJob> {
    const { store, ledger, accounts } = this.#options;
    const { payer, driver } = fields;
    const owner = readOwner(payer);
    const own = owner.kind === 'account' ? await accounts.peersOf(owner.account) : driver ? [driver] : [];
    const nonce = randomBytes(16).toString('hex');
    const job = liveJob({ ...fields, nonce, own: own.slice(0, 32), account: payer });
    job.plan = plan;
    const lane = this.#lane(job.pool);
    await store.insert(job);
    try {
      if (job.heldMicros > 0) {
        const expiresAt = new Date(Date.now() + MAX_WAIT_MS + GRANT_SECONDS * 1000 + HOLD_MARGIN_MS);
        await ledger.hold({ job: job.id, payer, amountMicros: job.heldMicros, expiresAt });
      }
      if (this.#isClosing) throw new PoolError('shutting-down', 'The server is restarting.');
      this.jobs.set(job.id, job);
      job.timer = setTimeout(() => {
        this.finish(job, new PoolError('queue-full', 'It did not come to its turn in time.'));
      }, MAX_WAIT_MS);
      if (plan?.local) this.#startLocal(job, plan);
      else lane.add(job);
    } catch (thrown) {
      clearTimeout(job.timer);
      this.jobs.delete(job.id);
      await ledger.release(job.id);
      await store.update(job, { errorCode: PoolError.from(thrown).code, isOver: true });
      throw thrown;
    }
    return job;
  }

  #lane(id: PoolId): PoolLane {
    const known = this.#lanes.get(id);
    if (known) return known;
    for (const [other, lane] of this.#lanes) {
      if (!lane.isEmpty || this.#options.poolOf(other)) continue;
      lane.close();
      this.#lanes.delete(other);
    }
    const lane = new PoolLane({
      id,
      limits: this.#options.limits,
      pool: () => this.#options.poolOf(id),
      start: (job, coalition) => this.#start(job, coalition),
    });
    this.#lanes.set(id, lane);
    return lane;
  }

  /** Computed in the asking tab itself: no coalition, no hold, but prediction and outcome are kept. */
  #startLocal(job: LiveJob, plan: RoutePlan): void {
    job.state = 'running';
    this.#begin(job);
    this.#tellRoute(job, plan, 0, this.#grant(job, job.driver!));
  }

  #start(job: LiveJob, coalition: Coalition): boolean {
    const { epoch, seats } = coalition;
    const driver = job.request ? seats[0]?.peer : job.driver;
    const pool = this.#options.poolOf(job.pool);
    if (!driver || !pool) return false;
    const promptTokens = Math.max(1, job.usage.promptTokens || job.likelyTokens);
    job.plan ??= this.plan(pool, { promptTokens, maxTokens: job.maxTokens, codec: job.request?.codec });
    const grant = this.#grant(job, driver);
    if (job.request) {
      const resume = job.emitted.some((ids) => ids.length > 0) ? { resume: job.emitted } : {};
      // A caller that wants no drafting gets none; how to draft is the planner's.
      const drafter = job.request.drafter === 'none' ? 'none' : job.plan.drafter;
      const request = { ...job.request, owner: this.#ownerTag(job.account), drafter, codec: job.plan.codec, ...resume };
      if (!this.#options.send(driver, { type: 'job-start', job: job.id, grant, epoch, request })) return false;
    }
    job.state = 'running';
    job.driver = driver;
    job.drivers.add(driver);
    job.epochs = [...job.epochs.filter((used) => used.epoch !== epoch), usedEpoch(coalition)];
    if (job.attempts++ === 0) this.#begin(job);
    this.#tellRoute(job, job.plan, epoch, grant);
    return true;
  }

  /** A tab that left while its job was admitted: nobody else would end it. */
  #tellRoute(job: LiveJob, plan: RoutePlan, epoch: number, grant: string): void {
    if (!job.voice.routed(plan, epoch, grant)) this.finish(job, new PoolError('stage-left', 'The asking tab left.'));
  }

  #begin(job: LiveJob): void {
    clearTimeout(job.timer);
    if (job.driver) job.drivers.add(job.driver);
    job.timer = setTimeout(() => {
      if (job.request && job.driver) this.#options.send(job.driver, { type: 'job-cancel', job: job.id });
      this.finish(job, new PoolError('lap-timeout', 'The answer took longer than its grant.'));
    }, GRANT_SECONDS * 1000);
    this.#options.observe?.started(job, performance.now() - job.createdMs);
    this.#keep(this.#options.store.update(job));
  }

  #grant(job: LiveJob, driver: PeerId): string {
    const { id, nonce, pool, choices, maxPosition, own } = job;
    const expires = Math.floor(Date.now() / 1000) + GRANT_SECONDS;
    return sealGrant(
      { job: id, nonce, pool, driver, sessions: choices, maxPosition, own: [...own], expires },
      this.#options.sign,
    );
  }

  /** What its driver says. */
  hear(job: LiveJob, event: JobEvent): void {
    switch (event.type) {
      case 'started':
        job.usage.promptTokens = event.promptTokens;
        if (!job.hasStarted) job.voice.event(event);
        job.hasStarted = true;
        return;
      case 'delta': {
        const ids = job.emitted[event.choice];
        if (!ids || ids.length + event.ids.length > job.maxTokens) {
          this.finish(job, new PoolError('stage-failed', 'The driver said more than it was asked for.'));
          return;
        }
        ids.push(...event.ids);
        job.usage.completionTokens += event.ids.length;
        job.voice.event(event);
        return;
      }
      case 'finished':
        if (event.choice < job.choices && !job.finished.has(event.choice)) job.voice.event(event);
        job.finished.add(event.choice);
        return;
      case 'done':
        job.stats = event.stats;
        job.usage.cachedTokens = event.cachedTokens;
        job.driverReceipts.push(...event.receipts);
        this.finish(job);
        return;
      case 'failed': {
        job.driverReceipts.push(...event.receipts);
        const error = PoolError.from(event.error);
        // Another driver may go on where this one was lost or had no room; what failed is told at once.
        if (error.kind === 'disappeared' || error.kind === 'busy') this.again(job, error);
        else this.finish(job, error);
      }
    }
  }

  /** Its driver disappeared: the next one goes on after what was told. */
  again(job: LiveJob, error: PoolError): void {
    job.driver = undefined;
    if (job.cancelled) {
      this.finish(job, new PoolError('cancelled', 'The request was cancelled.'));
      return;
    }
    if (job.attempts >= MAX_ATTEMPTS) {
      this.finish(job, error);
      return;
    }
    job.state = 'waiting';
    const lane = this.#lane(job.pool);
    lane.putBack(job);
    this.#watchDesertion(lane, job.pool);
  }

  cancel(job: LiveJob): void {
    if (job.cancelled) return;
    job.cancelled = true;
    const error = new PoolError('cancelled', 'The request was cancelled.');
    if (job.state === 'waiting') this.finish(job, error);
    else if (job.state === 'running' && job.request && job.driver) {
      this.#options.send(job.driver, { type: 'job-cancel', job: job.id });
      clearTimeout(job.timer);
      job.timer = setTimeout(() => this.finish(job, error), CANCEL_GRACE_MS);
    }
  }

  /** The one way out. What was computed is paid, then the asker hears. */
  finish(job: LiveJob, error?: PoolError): void {
    if (job.state === 'settling' || job.state === 'over') return;
    clearTimeout(job.timer);
    job.state = 'settling';
    this.#lane(job.pool).drop(job);
    this.#keep(this.#end(job, error));
  }

  async #end(job: LiveJob, error?: PoolError): Promise<void> {
    const { logger, observe, store, poolOf } = this.#options;
    const layers = job.epochs[0]?.seats.at(-1)?.end ?? poolOf(job.pool)?.manifest?.layers ?? 1;
    let chargedMicros = 0;
    let settlement: SettlementPlan | undefined;
    try {
      ({ chargedMicros, settlement } = await settleJob(job, layers, { ...this.#options, collector: this.collector }));
    } catch (thrown) {
      // The hold stays until it expires: nothing is charged that was not settled.
      logger.error({ err: thrown, job: job.id }, 'a job could not be settled');
    }
    job.state = 'over';
    this.jobs.delete(job.id);
    const errorCode = error?.code;
    await store
      .update(job, { chargedMicros, isOver: true, ...(errorCode ? { errorCode } : {}) })
      .catch((thrown) => logger.error({ err: thrown, job: job.id }, 'a job’s end could not be kept'));
    observe?.ended(job, { settlement, ...(errorCode ? { errorCode } : {}) });
    if (error) job.voice.failed(shownFailure(error));
    if (!error || job.source === 'tab') {
      job.voice.ended({ stats: job.stats, usage: job.usage, plan: job.plan!, chargedMicros });
    }
  }

  /** The roster has changed this pool. */
  poolChanged(id: PoolId): void {
    const serving = this.#options.poolOf(id)?.serving;
    const lane = this.#lanes.get(id);
    if (!lane) return;
    if (serving?.state === 'ready') lane.addEpoch(usedEpoch(serving));
    else lane.pump();
    this.#watchDesertion(lane, id);
  }

  #watchDesertion(lane: PoolLane, id: PoolId): void {
    const isDeserted = (this.#options.poolOf(id)?.peers.length ?? 0) === 0;
    lane.watchDesertion(isDeserted, this.#options.desertedMs ?? DESERTED_MS, (waiting) => {
      const error = new PoolError('no-stages', 'No tab serves this model any more.', {
        data: { retryAfterSeconds: 30 },
      });
      for (const job of waiting) this.finish(job, error);
    });
  }

  /** Admits no more; resolves when what runs has ended or been let go. */
  async close(graceMs = 0): Promise<void> {
    this.#isClosing = true;
    const closing = new PoolError('shutting-down', 'The server is restarting.');
    for (const job of [...this.jobs.values()]) if (job.state === 'waiting') this.finish(job, closing);
    const until = performance.now() + graceMs;
    while (this.jobs.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const job of [...this.jobs.values()]) if (job.state === 'running') this.finish(job, closing);
    await Promise.all(this.#ending);
    for (const lane of this.#lanes.values()) lane.close();
  }

  /** Holds on to work that nobody awaits, so that closing does. */
  #keep(work: Promise<void>): void {
    const kept = work
      .catch((thrown) => this.#options.logger.error({ err: thrown }, 'a job could not be kept'))
      .finally(() => this.#ending.delete(kept));
    this.#ending.add(kept);
  }
}

const usedEpoch = ({ epoch, seats }: Coalition): UsedEpoch => ({
  epoch,
  seats: seats.map(({ peer, start, end }) => ({ peer, start, end })),
});
