// The door of this folder: one HTTP server with the site, the model files, the API, the control socket and the PeerJS
// broker on one port. Started by main.ts, the demo and the tests alike.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import type { Coalition, PoolSummary } from '../protocol/control.ts';
import { MICROS_PER_CREDIT } from '../protocol/credits.ts';
import { poolIdOf } from '../protocol/ids.ts';
import { HEARTBEAT_MS, PEER_SILENCE_MS } from '../protocol/limits.ts';
import { createAdminAccess } from './admin/admin-access.ts';
import { createBatchRunner } from './batches/batch-runner.ts';
import { resealWebhookSecrets } from './batches/webhook-secrets.ts';
import type { ServerConfig } from './config/config-types.ts';
import { DEFAULTS } from './config/defaults.ts';
import { BrokerTokens } from './control/broker-tokens.ts';
import { CONTROL_PATH, ControlSocket, type ControlTiming, type IceServer } from './control/control-socket.ts';
import { createPeerBroker, PEERJS_PATH } from './control/peer-broker.ts';
import type { OpenDatabase } from './db/open-database.ts';
import { openOwnDatabase } from './db/open-own-database.ts';
import type { TakenDatabase, TakeOptions } from './db/take-database.ts';
import type { ModelEntry } from './http/api-types.ts';
import { createHttpPort } from './http/http-port.ts';
import { ownUpgrades } from './http/own-upgrades.ts';
import { signedForUs } from './http/signed-host.ts';
import { createHttpApp } from './http-app.ts';
import { observeJobs } from './jobs/observe-jobs.ts';
import { isOfSite } from './models/model-location.ts';
import { createModelReader, type ModelReader } from './models/model-reader.ts';
import { createLogger } from './observe/create-logger.ts';
import { createMetrics } from './observe/create-metrics.ts';
import { describeError } from './observe/describe-error.ts';
import { listModels } from './openai/list-models.ts';
import { createPlatform, type Platform, type PlatformOptions } from './platform.ts';
import { ROSTER_TIMING } from './roster/roster-state.ts';
import { openSeal, sealOfOpen } from './seal/open-seal.ts';
import { createShutdown } from './shutdown.ts';
import { type OwnTls, openOwnTls } from './tls/own-tls.ts';
import { createPlainApp } from './tls/plain-app.ts';

export interface ServerOptions extends Partial<Omit<ServerConfig, 'database' | 'logLevel'>> {
  /** In memory by default, so that a test leaves nothing behind; one that is open already stays its owner's. */
  database?: ServerConfig['database'] | OpenDatabase;
  logger?: LevelWithSilent;
  /** Where the log's lines go; standard output where nothing is given. */
  logTo?: DestinationStream;
  /** Whose money pays for a pool's work; undefined, or nothing here: credits. */
  fundingOf?: PlatformOptions['fundingOf'];
  /** What reads models, for tests whose models are nowhere. */
  reader?: ModelReader;
  /** Gives up waiting for another server to end. */
  signal?: AbortSignal;
  /** Told once when it has to wait for another server to end. */
  onWait?: TakeOptions['onWait'];
  /** The database, if it was taken before all of this was loaded; let go at the end. */
  taken?: TakenDatabase;
  /** Told when it has ended because another server has its database. */
  onLost?(): void;
  /** False: coalitions are believed to compute what they say, for tests whose tabs compute nothing. */
  canary?: boolean;
  /** Shorter times, for tests. */
  timing?: Partial<ControlTiming> &
    Pick<PlatformOptions, 'receiptTimeoutMs' | 'desertedMs' | 'shownEveryMs' | 'canaryMs'>;
}

interface ServerSnapshot {
  peers: number;
  pools: PoolSummary[];
  /** Serving and forming coalitions. */
  coalitions: Coalition[];
}

export interface RunningServer {
  /** `http://host:port`, without a slash at the end. */
  url: string;
  port: number;
  snapshot(): ServerSnapshot;
  /** What the server's owner shows, where this start made one: it is kept nowhere in plain. */
  ownerToken: string | undefined;
  /** Admits no more, gives running answers `graceMs`, ends every socket. Resolves when the port is free. */
  close(graceMs?: number): Promise<void>;
  /** With `tls`: what devices are told to trust, and where. */
  readonly ownTls: OwnTls | undefined;
  /** The parts behind the port, for tests and the demo. */
  readonly platform: Platform;
}

const TIMING: ControlTiming = {
  ...ROSTER_TIMING,
  heartbeatMs: HEARTBEAT_MS,
  silenceMs: PEER_SILENCE_MS,
  /** A tab signs in milliseconds; a slow phone that just woke takes a second or two. */
  helloTimeoutMs: 10_000,
};

/** What a test or the demo gets that names nothing: as on the command line, but on a port that is free. */
const PLAIN = {
  ...DEFAULTS,
  port: 0,
  iceServers: [] as IceServer[],
  allowedHosts: [] as string[],
  embedOrigins: [] as string[],
  welcomeMicros: DEFAULTS.welcomeCredits * MICROS_PER_CREDIT,
  metrics: { kind: DEFAULTS.metrics },
};

const KEY_WAS_OPEN =
  'other users of this machine may have read the key that seals the secrets in the database: set its mode to 0600, and if ' +
  'anybody else was on this machine make a new key and show the old one once (--old-seal-key-file), then new webhook secrets';

const TLS_KEY_WAS_OPEN =
  'other users of this machine may have read the key of the authority that your devices trust: remove both, and trust a new one';

const tlsNotes = (logger: Logger) => ({
  onOpenToOthers: (file: string): void => logger.warn({ file }, TLS_KEY_WAS_OPEN),
  onFailed: (error: unknown): void => logger.error({ error: describeError(error) }, 'no new certificate could be made'),
});

const listenerOf = (app: { fetch: Parameters<typeof getRequestListener>[0] }) =>
  getRequestListener(app.fetch, { overrideGlobalObjects: false });

/** Running answers have this long at the end, and the settlement after them. */
const DRAIN_MS = 20_000;

/**
 * Starts everything. Rejects with `UsageError` when the port or the database cannot be had, or another server works with
 * the database.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const logger = createLogger(options.logger ?? 'info', options.logTo);
  const given = { ...PLAIN, ...options };
  const { publicUrl, host, trustedProxies } = given;
  const ownTls = given.tls && (await openOwnTls({ ...given, ...given.tls, ...tlsNotes(logger) }));
  const allowedHosts = [...given.allowedHosts, ...(ownTls?.hostNames ?? [])];
  const config = { ...given, allowedHosts };
  const { receiptTimeoutMs, desertedMs, shownEveryMs, canaryMs, ...times } = options.timing ?? {};
  const timing: ControlTiming = { ...TIMING, ...times };
  const place = options.database ?? { memory: true };
  const { onWait, signal, taken } = options;
  const notes = {
    onMade: (file: string): void =>
      logger.warn({ file }, 'a key was made that seals the secrets in the database: keep a copy of it apart from them'),
    onOpenToOthers: (file: string): void => logger.warn({ file }, KEY_WAS_OPEN),
  };
  const seal = 'db' in place ? sealOfOpen(place.db) : openSeal(place, config.sealKey, notes);
  // The owner of one that is open already sees to it that nobody else writes to it.
  const isDurable = config.chain !== undefined;
  const own =
    'db' in place ? undefined : await openOwnDatabase(place, { wait: config.wait, onWait, signal, taken, isDurable });
  const database = own ?? (place as OpenDatabase);
  const metrics = createMetrics({
    controlPeers: () => control.peerCount,
    pools: () => platform.roster.pools(),
    coalitions: () =>
      platform.roster.coalitions().map(({ pool, state, seats }) => ({ pool, state, stages: seats.length })),
    queue: () => platform.jobs.load(),
    ledger: () => platform.ledger.totals(),
  });
  const { hubUrl, modelsDir, model } = config;
  const reader = options.reader ?? createModelReader({ hubUrl, modelsDir, own: model });
  const start = (options: PlatformOptions): Promise<Platform> =>
    resealWebhookSecrets(database.db, seal).then(() => createPlatform(options));
  const platform: Platform = await start({
    ...{ config, database, seal },
    timing,
    fundingOf: options.fundingOf,
    canary: options.canary,
    modelsDir: config.modelsDir,
    logger,
    send: (peer, message) => control.send(peer, message),
    broadcast: (message) => control.broadcast(message),
    peerCount: () => control.peerCount,
    observe: observeJobs(metrics),
    reader,
    isOfSite: await isOfSite(config.model.repo, config.modelsDir),
    hasDraftModel: (repo) => config.modelsDir !== undefined && existsSync(join(config.modelsDir, `${repo}-draft`)),
    ...(receiptTimeoutMs === undefined ? {} : { receiptTimeoutMs }),
    ...(desertedMs === undefined ? {} : { desertedMs }),
    ...(shownEveryMs === undefined ? {} : { shownEveryMs }),
    ...(canaryMs === undefined ? {} : { canaryMs }),
  }).catch(async (thrown) => {
    await own?.close();
    throw thrown;
  });
  const { roster, orchestratorKey, listener } = platform;
  const names = { publicUrl, host, allowedHosts };
  const isSignedForUs = signedForUs({ ...names, trustedProxies });
  const brokerTokens = new BrokerTokens();
  const control: ControlSocket = new ControlSocket({
    ...{ iceServers: config.iceServers, timing, logger, orchestratorKey, listener },
    ...{ trustedProxies, isSignedForUs },
    brokerTokenOf: (peer) => brokerTokens.of(peer),
    banOf: (peer) => platform.accounts.peerBan(peer),
  });
  const models = (): ModelEntry[] =>
    listModels({ ...platform, configured: poolIdOf(platform.settings.current().model) });
  const runner = createBatchRunner({
    ...{ db: database.db, jobs: platform.jobs, models, logger },
    ...{ seal, webhooks: { allowLoopback: config.allowLocalWebhooks } },
  });
  const { payments } = platform;
  const paying = payments && (await import('./openai/paying.ts')).createPaying(payments);
  const access = createAdminAccess(database.db);
  const ownerToken = config.newOwnerToken ? await access.renewToken() : await access.ensureToken();
  const app = createHttpApp({
    ...{
      access,
      config,
      control,
      platform,
      database,
      seal,
      metrics,
      logger,
      models,
      reader,
      isSignedForUs,
      paying,
      ownTls,
    },
    checks: [
      { name: 'The database', check: () => database.ping() },
      { name: 'The server', check: () => shutdown.check() },
    ],
    wakeBatches: () => runner.wake(),
    peerCount: () => control.peerCount,
  });
  const broker = createPeerBroker({
    trustedProxies,
    isAdmitted: (id, token) => brokerTokens.isOf(id, token),
  });
  const pages = { ...names, listed: config.corsOrigins === '*' ? [] : config.corsOrigins };
  const port = createHttpPort({
    ...{ trustedProxies, answer: listenerOf(app) },
    tls: ownTls && {
      certificate: ownTls.certificate,
      plain: listenerOf(createPlainApp({ own: ownTls, siteDir: config.siteDir, hosts: names })),
    },
    socketsAt(path) {
      const isBroker = path === PEERJS_PATH || path.startsWith(`${PEERJS_PATH}/`);
      if (isBroker) return ownUpgrades(broker.upgrade, pages);
      return path === CONTROL_PATH ? ownUpgrades((...socket) => control.upgrade(...socket), pages) : undefined;
    },
  });
  let graceMs = 0;
  const shutdown = createShutdown(
    {
      stopAdmitting: () => {
        void platform.jobs.close(graceMs);
      },
      drain: async () => {
        await runner.stop();
        await platform.close(graceMs);
        await reader.close();
      },
      async closeSockets() {
        ownTls?.close();
        metrics.close();
        control.close();
        broker.close();
        await port.close();
      },
      closeDatabase: () => own?.close() ?? Promise.resolve(),
    },
    { logger, drainMs: DRAIN_MS },
  );
  try {
    await port.listen(config.port, config.host);
  } catch (error) {
    await shutdown.begin('it could not listen');
    throw error;
  }
  runner.start();
  own?.lost.then(async () => {
    logger.error('another server has taken the database while this one or it was away: this one ends');
    await shutdown.begin('the database was lost to another server');
    options.onLost?.();
  });
  const address = port.address();
  ownTls?.watch(address.port, (certificate) => {
    port.renew(certificate);
    logger.info('the certificate of https was renewed');
  });
  return {
    url: `${ownTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    ownTls,
    platform,
    ownerToken,
    snapshot: () => ({
      peers: control.peerCount,
      pools: roster.pools(),
      coalitions: roster.coalitions(),
    }),
    close(given = 0) {
      graceMs = given;
      return shutdown.begin('close');
    },
  };
}
