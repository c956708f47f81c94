// Puts the server's parts together over one database: accounts, ledger, roster, jobs. No HTTP and no port in here.
import type { Logger } from 'pino';
import type { ServerMessage } from '../protocol/control.ts';
import { PoolError } from '../protocol/errors.ts';
import { serverIdOf } from '../protocol/identity.ts';
import { type PeerId, type PoolId, poolIdOf } from '../protocol/ids.ts';
import type { ModelManifest } from '../protocol/manifest.ts';
import type { Accounts } from './accounts/account-types.ts';
import { createAccounts } from './accounts/create-accounts.ts';
import { loadServerKey } from './accounts/server-key.ts';
import { createServerSettings, type ServerSettings } from './admin/server-settings.ts';
import { CanaryRunner } from './canary/canary-runner.ts';
import { KnownAnswers, readSiteCanaries } from './canary/known-answers.ts';
import type { ServerConfig } from './config/config-types.ts';
import type { PeerListener } from './control/control-socket.ts';
import { ReadOffers } from './control/read-offers.ts';
import { routeMessages } from './control/route-messages.ts';
import type { OpenDatabase } from './db/open-database.ts';
import type { JobObserver, RouteQuestion } from './jobs/job-context.ts';
import { JobDispatcher } from './jobs/job-dispatcher.ts';
import { createJobStore, type JobStore } from './jobs/job-store.ts';
import { PoolPaces } from './jobs/pool-paces.ts';
import { RoutePlanner } from './jobs/route-planner.ts';
import { settleShown } from './jobs/settle-shown.ts';
import { createLedger } from './ledger/create-ledger.ts';
import type { Ledger } from './ledger/ledger-types.ts';
import { KnownManifests } from './models/known-manifests.ts';
import type { ModelReader } from './models/model-reader.ts';
import { CLOSED_MARKET } from './money/closed-market.ts';
import { createCreditsFunding } from './money/credits-funding.ts';
import type { Funding } from './money/funding.ts';
import { NetworkWatch } from './network/network-watch.ts';
import type { OpenPaymentsOptions } from './payments/open-payments.ts';
import type { Payments } from './payments/payments.ts';
import { createPayoutStore, type PayoutStore } from './payouts/payout-store.ts';
import { requirePayout } from './payouts/require-payout.ts';
import { RttEstimator, SERVER_NODE } from './planner/rtt-estimator.ts';
import { createPoolStore } from './pools/pool-store.ts';
import type { PoolStore } from './pools/pool-types.ts';
import { createSponsoring } from './pools/sponsor-visitors.ts';
import { LiveRoster } from './roster/live-roster.ts';
import type { RosterTiming } from './roster/roster-state.ts';
import { TicketIssuer } from './roster/ticket-issuer.ts';
import type { Seal } from './seal/create-seal.ts';
import { priceOf } from './settlement/price-of.ts';
import { createReceiptStore, type ReceiptStore } from './settlement/receipt-store.ts';

/** Holds that a crash left behind are looked for at this pace. */
const SWEEP_MS = 60_000;

export interface PlatformOptions {
  config: Pick<
    ServerConfig,
    | 'model'
    | 'stages'
    | 'codec'
    | 'welcomeMicros'
    | 'welcomesPerAddressPerDay'
    | 'maxQueue'
    | 'maxQueuePerAccount'
    | 'prices'
    | 'chain'
    | 'marketPricePico'
    | 'embedOrigins'
  >;
  database: OpenDatabase;
  seal: Seal;
  timing: RosterTiming;
  logger: Logger;
  send(peer: PeerId, message: ServerMessage): boolean;
  broadcast(message: ServerMessage): void;
  /** Authenticated peers now. */
  peerCount(): number;
  observe?: JobObserver;
  /** Whether the site has a small model of the same vocabulary. */
  hasDraftModel(repo: string): boolean;
  /** Reads what models are and how long prompts are. */
  reader: ModelReader;
  /** Whether the configured model is one of the site's own: then it is read at once, without asking anybody. */
  isOfSite: boolean;
  /** Whose money pays for a pool's work; undefined: credits. */
  fundingOf?: ((pool: PoolId) => Funding | undefined) | undefined;
  /** Whether coalitions are tried before they serve. False: for tests whose tabs compute nothing. */
  canary?: boolean | undefined;
  /** The site's own models, if it has some. */
  modelsDir?: string | undefined;
  receiptTimeoutMs?: number;
  desertedMs?: number;
  /** How often stages of paid answers say what they can show. */
  shownEveryMs?: number;
  /** Least time that a canary lap may take. */
  canaryMs?: number;
}

export interface Platform {
  readonly accounts: Accounts;
  readonly ledger: Ledger;
  readonly receipts: ReceiptStore;
  readonly jobStore: JobStore;
  readonly jobs: JobDispatcher;
  readonly roster: LiveRoster;
  readonly routes: RoutePlanner;
  readonly pools: PoolStore;
  /** What everybody may see of it. */
  readonly network: NetworkWatch;
  /** What the server's owner has decided. */
  readonly settings: ServerSettings;
  /** Undefined: no pool is paid for with money here. */
  readonly payments: Payments | undefined;
  /** Where those who serve in market pools want to be paid. */
  readonly payouts: PayoutStore;
  /** Raw public key of tickets and grants, base64url. */
  readonly orchestratorKey: string;
  /** What peers say goes here. */
  readonly listener: PeerListener;
  /** Ends jobs and timers. The database stays its owner's. */
  close(graceMs?: number): Promise<void>;
}

export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, database, logger, timing, send } = options;
  const { db } = database;
  const key = await loadServerKey(db, options.seal);
  const accounts = createAccounts(db);
  const settings = await createServerSettings(db, config);
  const ledger = createLedger(db, {
    get welcomeMicros() {
      return settings.current().welcomeMicros;
    },
    get welcomesPerAddressPerDay() {
      return settings.current().welcomesPerAddressPerDay;
    },
  });
  const receipts = createReceiptStore(db);
  const jobStore = createJobStore(db);
  const credits = createCreditsFunding({ ledger, ownerOf: (peer) => accounts.ownerOf(peer) });
  const pools = await createPoolStore(db);
  const payouts = await createPayoutStore(db);
  const manifest = options.isOfSite ? await readOwn(options) : undefined;
  await pools.ensure(config.model, {
    stages: typeof config.stages === 'number' ? config.stages : undefined,
    embedOrigins: config.embedOrigins.length > 0 ? config.embedOrigins : undefined,
    ...(manifest ? { manifest } : {}),
  });
  const payments = await paymentsOf(options, { pools, payouts, jobStore, manifest, jobs: () => jobs });
  const moneyOf = (pool: PoolId): Funding => {
    if (payments?.isMarket(pool)) return payments.funding;
    return pools.find(pool)?.policy === 'market' ? CLOSED_MARKET : credits;
  };
  const fundingOf = (pool: PoolId): Funding => options.fundingOf?.(pool) ?? moneyOf(pool);
  await settleShown({ store: jobStore, receipts, fundingOf, logger });
  // Nobody drives them any more: one server runs over one database.
  for (const { id, pool } of await jobStore.endOrphans()) await fundingOf(pool).release(id);
  for (const id of await jobStore.withoutRow(await ledger.openHolds())) await ledger.release(id);
  const rtts = new RttEstimator();
  const nowMs = (): number => performance.now();
  const manifests = new KnownManifests({
    reader: options.reader,
    // The configured pool's of an earlier start may be of older files.
    keptOf: (pool) => (pool === poolIdOf(config.model) ? manifest : pools.find(pool)?.manifest),
  });
  const routes = new RoutePlanner({ rtts, nowMs, codec: config.codec, hasDraftModel: options.hasDraftModel });
  const paces = new PoolPaces(nowMs);
  const network = new NetworkWatch({
    nowMs,
    pools: () => roster.livePools(),
    rttOf(a, b) {
      const { ms, source } = rtts.lookup(a, b, nowMs());
      return source === 'measured' ? ms : undefined;
    },
    runningOn: (pool, coalition) => jobs.loadOf(pool, coalition).running,
    paceOf: (pool) => paces.of(pool),
  });
  const roster: LiveRoster = new LiveRoster({
    model: config.model,
    stages: config.stages,
    timing,
    logger,
    tickets: new TicketIssuer(key.sign),
    policyOf: (pool) => pools.find(pool),
    paceOf: (pool) => paces.of(pool),
    priceOf: ({ id, model }, loaded) => pools.find(id)?.price ?? priceOf(loaded, config.prices[model.repo]),
    rtt: (a, b) => rtts.at(nowMs())(a, b),
    send: (peer, message) => void send(peer, message),
    broadcast: options.broadcast,
    peerCount: options.peerCount,
    onTrial: options.canary === false ? undefined : (pool, coalition) => void canary.begin(pool, coalition),
    onPoolChanged(pool, change) {
      network.poolChanged(pool, change);
      jobs.poolChanged(pool);
      canary.poolChanged(pool, roster.pool(pool));
      if (!roster.pool(pool)?.hasServed) return;
      pools.noteServed(pool).catch((thrown) => logger.error({ err: thrown }, 'that a pool serves could not be noted'));
    },
  });
  const serverId = await serverIdOf(key.publicKey);
  const canary: CanaryRunner = new CanaryRunner({
    known: new KnownAnswers(await readSiteCanaries(options.modelsDir)),
    sign: key.sign,
    ...{ serverId, logger, send },
    promptIds: ({ model }, text) =>
      options.reader.promptIds(model, { kind: 'text', text }, { address: undefined, owner: 'server' }),
    ended: (pool, epoch, verdict) => roster.dispatch({ type: 'trial-ended', pool, epoch, verdict }),
    receiptTimeoutMs: options.receiptTimeoutMs,
    leastWaitMs: options.canaryMs,
  });
  const jobs: JobDispatcher = new JobDispatcher({
    fundingOf,
    sponsoring: createSponsoring(db, (pool) => pools.find(pool)),
    store: jobStore,
    receipts,
    accounts,
    sign: key.sign,
    serverId,
    logger,
    limits: { maxWaiting: config.maxQueue, maxWaitingPerAccount: config.maxQueuePerAccount },
    poolOf: (id: PoolId) => roster.pool(id),
    manifestOf: (id: PoolId) => manifests.find(id),
    promptIds: (model, prompt, asker) => options.reader.promptIds(model, prompt, asker),
    send,
    route: (question: RouteQuestion) => routes.plan(question),
    onStill: (pool, epoch) => roster.dispatch({ type: 'stood-still', pool, epoch }),
    onCrowd: (pool, isCrowded) => roster.dispatch({ type: 'queue-told', pool, isCrowded }),
    priceOf: (pool, payer) =>
      payments?.priceFor(payer) ??
      pools.find(pool.id)?.price ??
      priceOf(pool.manifest!, config.prices[pool.model.repo]),
    observe: {
      started: (job, waitMs) => {
        paces.started(job, waitMs);
        network.started(job);
        options.observe?.started(job, waitMs);
      },
      answered: (job) => {
        paces.answered(job);
        network.answered(job);
      },
      ended: (job, end) => {
        if (job.plan && job.stats) routes.learn(job.pool, job.plan, job.stats);
        paces.ended(job, end);
        network.ended(job, end);
        options.observe?.ended(job, end);
      },
    },
    ...(options.receiptTimeoutMs === undefined ? {} : { receiptTimeoutMs: options.receiptTimeoutMs }),
    ...(options.desertedMs === undefined ? {} : { desertedMs: options.desertedMs }),
    ...(options.shownEveryMs === undefined ? {} : { shownEveryMs: options.shownEveryMs }),
  });
  jobs.takeUp(await jobStore.listGoing());
  payments?.start();
  const listener = routeMessages({
    roster,
    jobs,
    canary,
    ledger,
    logger,
    offers: (take) =>
      new ReadOffers({
        ...{ manifests, take },
        isKept: (pool) => pools.find(pool) !== undefined,
        admit: requirePayout({
          isMarket: (pool) => pools.find(pool)?.policy === 'market',
          ...{ serverId, store: payouts },
          isReserved: (address) => payments?.isReserved(address) ?? false,
        }),
        lentTo: (peer) => roster.lentTo(peer),
        refuse: (peer, error) => void send(peer, { type: 'error', error: error.toShape() }),
      }),
    isOwned: async (peer) => (await accounts.ownerOf(peer)) !== undefined,
    send: (peer, message) => void send(peer, message),
    onLeft: (peer) => rtts.forget(peer),
    onDistance: (peer, ms) => rtts.record(peer, SERVER_NODE, ms, nowMs()),
    onRtts: (peer, measured) => {
      for (const { peer: other, ms } of measured) rtts.record(peer, other, ms, nowMs());
    },
  });
  pools.onChange((change) => {
    const pool = change.type === 'changed' ? change.policy.id : change.id;
    roster.dispatch({ type: 'policy-changed', pool });
  });
  const sweeper = setInterval(() => {
    ledger
      .releaseExpired(new Date())
      .catch((thrown) => logger.error({ err: thrown }, 'expired holds could not be released'));
  }, SWEEP_MS);
  sweeper.unref();
  return {
    ...{ accounts, ledger, receipts, jobs, jobStore, roster, routes, listener, pools, payments },
    ...{ payouts, network, settings },
    orchestratorKey: key.publicKey,
    async close(graceMs) {
      clearInterval(sweeper);
      listener.close();
      canary.close();
      await jobs.close(graceMs);
      await payments?.close();
      roster.close();
    },
  };
}

/** What it needs is loaded only where a chain is configured. */
async function paymentsOf(
  { config, database, logger }: PlatformOptions,
  parts: Pick<OpenPaymentsOptions, 'pools' | 'payouts' | 'jobStore' | 'manifest' | 'jobs'>,
): Promise<Payments | undefined> {
  const { chain, model, marketPricePico, embedOrigins } = config;
  if (!chain) return undefined;
  const { openPayments } = await import('./payments/open-payments.ts');
  const own = { chain, model, marketPricePico, embedOrigins };
  return openPayments({ ...parts, config: own, db: database.db, logger });
}

async function readOwn({ reader, config, logger }: PlatformOptions): Promise<ModelManifest | undefined> {
  return reader.manifest(config.model, { address: undefined, owner: 'server' }).catch((error) => {
    logger.warn({ reason: PoolError.from(error).code }, 'the graph of the configured model cannot be read');
    return undefined;
  });
}
