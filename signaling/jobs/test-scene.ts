// Jobs with a real ledger, real signatures and a pool without sockets: what a test of the dispatcher plays in. Used by tests
// only.
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import type { Price } from '../../protocol/credits.ts';
import type { SignedDelivery } from '../../protocol/delivery.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type Grant, openGrant } from '../../protocol/grant.ts';
import type { Identity } from '../../protocol/identity.ts';
import { type JobId, type PeerId, poolIdOf } from '../../protocol/ids.ts';
import type { JobRequest, JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { loadServerKey, type ServerKey } from '../accounts/server-key.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { type AccountId, accountOwner, type OwnerId } from '../ledger/owner.ts';
import { createCreditsFunding } from '../money/credits-funding.ts';
import type { Funding } from '../money/funding.ts';
import { sealOfOpen } from '../seal/open-seal.ts';
import { createReceiptStore, type ReceiptStore } from '../settlement/receipt-store.ts';
import type { JobOptions } from './job-context.ts';
import { JobDispatcher } from './job-dispatcher.ts';
import { createJobStore, type JobStore } from './job-store.ts';
import type { Job, JobOrder, JobUpdate } from './job-types.ts';
import { settleShown } from './settle-shown.ts';
import { honestReceipts, MODEL, SERVER_ID, TestNetwork } from './test-network.ts';

export const GRANTED = 1_000_000;
export const PRICE: Price = { promptMicros: 4, completionMicros: 40 };
export const PLAN: RoutePlan = {
  ...{ mode: 'lan', driver: 'entry', local: false, drafter: 'none', stages: 2, reason: 'A test says so.' },
  predicted: { tokensPerSecond: 10, timeToFirstTokenMs: 100 },
  rejected: [],
};
/** What the server counts, whatever is asked. */
export const PROMPT_IDS = [1, 2, 3, 4, 5];
export const REQUEST: JobRequest = {
  prompt: { kind: 'ids', ids: PROMPT_IDS },
  ...{ seed: 1, maxTokens: 8, stop: [], choices: 1, drafter: 'none' },
};
export const STATS: JobStats = {
  ...{ epoch: 1, route: [], returnHopMs: 1, lapMs: 5, draftMs: 0, laps: 3, drafted: 0, accepted: 0, drafter: 'none' },
  ...{ tokensPerSecond: 20, timeToFirstTokenMs: 30, totalMs: 100 },
};

interface DispatcherFields {
  desertedMs?: number;
  price?: Price;
  funding?: Funding;
  promptIds?: JobOptions['promptIds'];
  onStill?: JobOptions['onStill'];
  limits?: JobOptions['limits'];
  receiptTimeoutMs?: number;
  shownEveryMs?: number;
}

let payers = 0;

/** One database for a file; a network, a ledger and a payer anew for each test, which must leave nothing held. */
export class JobScene {
  network!: TestNetwork;
  ledger!: Ledger;
  receipts!: ReceiptStore;
  dispatcher!: JobDispatcher;
  payer!: OwnerId;
  key!: ServerKey;
  #database!: OpenDatabase;

  /** Call it once, at the top of a test file. */
  static set(): JobScene {
    const scene = new JobScene();
    beforeAll(async () => {
      scene.#database = await openDatabase({ memory: true });
      scene.key = await loadServerKey(scene.#database.db, sealOfOpen(scene.#database.db));
      return () => scene.#database.close();
    }, OPEN_TIMEOUT_MS);
    beforeEach(async () => {
      scene.network = await TestNetwork.of(4);
      scene.network.ring = [0, 1];
      scene.ledger = createLedger(scene.#database.db, { welcomeMicros: GRANTED, welcomesPerAddressPerDay: 1000 });
      scene.receipts = createReceiptStore(scene.#database.db);
      scene.payer = accountOwner(`payer-${++payers}` as AccountId);
      await scene.ledger.welcome(scene.payer, 'test');
      scene.dispatch();
    });
    afterEach(async () => {
      await scene.dispatcher.close();
      const { availableMicros, heldMicros, issuedMicros, openHolds } = await scene.ledger.totals();
      expect({ heldMicros, openHolds }, 'nothing stays held').toEqual({ heldMicros: 0, openHolds: 0 });
      expect(availableMicros + heldMicros, 'nothing is made or lost').toBe(issuedMicros);
    });
    return scene;
  }

  /** The server is killed, and another one begins over the same database. What it had promised to do it never does. */
  async restart(): Promise<void> {
    const killed = this.dispatcher;
    onTestFinished(() => killed.close());
    this.dispatch();
    const store = createJobStore(this.#database.db);
    for (const { id } of await store.endOrphans()) await this.ledger.release(id);
    this.dispatcher.takeUp(await store.listGoing());
  }

  /** The row says that it runs, and over which coalition. */
  async keptGoing(job: JobId): Promise<void> {
    const { db } = this.#database;
    await expect.poll(async () => (await createJobStore(db).listGoing()).map(({ id }) => id)).toContain(job);
  }

  /** A server that begins anew over the same database pays for answers of the one before. */
  settleShown(funding: Funding, broken: Partial<JobStore> = {}): Promise<void> {
    const store = { ...this.store, ...broken };
    const logger = pino({ level: 'silent' });
    return settleShown({ store, receipts: this.receipts, fundingOf: () => funding, logger });
  }

  get store(): JobStore {
    return createJobStore(this.#database.db);
  }

  /** Takes another dispatcher from now on. */
  dispatch({ price = PRICE, funding, ...fields }: DispatcherFields = {}): void {
    const { db } = this.#database;
    const credits = createCreditsFunding({ ledger: this.ledger, ownerOf: async () => undefined });
    this.dispatcher = new JobDispatcher({
      fundingOf: () => funding ?? credits,
      store: createJobStore(db),
      receipts: this.receipts,
      accounts: { ownerOf: async () => undefined, peersOf: async () => [] },
      sign: this.key.sign,
      serverId: SERVER_ID,
      logger: pino({ level: 'silent' }),
      limits: { maxWaiting: 4, maxWaitingPerAccount: 3 },
      poolOf: () => this.network.pool(),
      send: (peer, message) => this.network.send(peer, message),
      route: () => PLAN,
      priceOf: () => price,
      promptIds: async () => PROMPT_IDS,
      receiptTimeoutMs: 200,
      ...fields,
    });
  }

  submit(request: Partial<JobRequest> = {}, signal?: AbortSignal): Promise<Job> {
    return this.dispatcher.submit({ ...this.order(request), ...(signal ? { signal } : {}) });
  }

  order(request: Partial<JobRequest> = {}): JobOrder {
    return {
      ...{ payer: this.payer, pool: poolIdOf(MODEL), source: 'http', address: '10.0.0.1' },
      request: { ...REQUEST, ...request },
    };
  }

  /** What the job's driver was told, with the claims of its grant. */
  async started(): Promise<{ driver: Identity; job: JobId; grant: Grant; request: JobRequest }> {
    const { to, message } = await this.network.next('job-start');
    const driver = this.network.identities.find(({ peer }) => peer === to)!;
    return { driver, job: message.job, grant: await this.openGrant(message.grant, to), request: message.request };
  }

  openGrant(grant: string, driver: PeerId): Promise<Grant> {
    return openGrant(grant, { publicKey: this.key.publicKey, driver, pool: this.network.coalition().pool });
  }

  /** Everybody is paid. */
  async settled(job: JobId, payer = this.payer): Promise<void> {
    await expect.poll(async () => (await this.dispatcher.find(job, payer))?.state).toMatch(/^(done|failed)$/);
  }

  /** Answers receipt requests as honest stages: with what `honestReceipts` made. */
  answerReceipts(
    job: JobId,
    stages: Awaited<ReturnType<typeof honestReceipts>>,
    { silent, delivery }: { silent?: PeerId | undefined; delivery?: SignedDelivery } = {},
  ): void {
    void (async () => {
      for (let count = 0; count < this.network.ring.length; count++) {
        const { to, message } = await this.network.next('receipt-request');
        const signed = stages.get(to);
        if (to !== silent && signed) void this.dispatcher.receiptsCame(to, job, message.epoch, [signed], delivery);
      }
    })().catch(() => {});
  }

  /** A whole job: three tokens after five of prompt, and everyone signs. */
  async runJob(silent?: PeerId): Promise<{ job: Job; updates: JobUpdate[] }> {
    const job = await this.submit();
    const updates = allOf(job.updates);
    const { driver, grant } = await this.started();
    const say = (...events: Parameters<JobDispatcher['jobEvents']>[1]): void =>
      this.dispatcher.jobEvents(driver.peer, events);
    say({ type: 'started', job: job.id, promptTokens: 5 }, delta(job.id, [11, 12], 'ab'));
    say(delta(job.id, [13], 'c'), { type: 'finished', job: job.id, choice: 0, reason: 'stop' });
    const signed = await honestReceipts(this.network, { job: job.id, nonce: grant.nonce, to: 8, frames: 4 });
    this.answerReceipts(job.id, signed, { silent });
    say({ type: 'done', job: job.id, cachedTokens: 0, stats: STATS });
    const told = await updates;
    await this.settled(job.id);
    return { job, updates: told };
  }
}

export async function allOf(updates: AsyncIterable<JobUpdate>): Promise<JobUpdate[]> {
  const list: JobUpdate[] = [];
  for await (const update of updates) list.push(update);
  return list;
}

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error) => PoolError.from(error).code,
  );

export const delta = (job: JobId, ids: number[], text = 'x') => ({ type: 'delta', job, choice: 0, text, ids }) as const;

/** What the last update of a whole job says. */
export const endOf = (updates: readonly JobUpdate[]): Extract<JobUpdate, { type: 'done' }> =>
  updates.at(-1) as Extract<JobUpdate, { type: 'done' }>;
