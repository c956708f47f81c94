// The HTTP side as one function from Request to Response: guards, operations, the API, model files, the site. Composes
// groups of routes; each has its own rules.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { PoolError } from '../protocol/errors.ts';
import { type SiteConfig, siteConfigSchema } from '../protocol/http/config.ts';
import { dtypeSchema, type PoolId, poolIdOf } from '../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../protocol/limits.ts';
import { forgetAccount, keptOfAccount } from './account-data.ts';
import { createAccountRoutes } from './accounts/account-routes.ts';
import type { AdminAccess } from './admin/admin-access.ts';
import { createAdminActs } from './admin/admin-acts.ts';
import { createAdminRoutes } from './admin/admin-routes.ts';
import type { ConnectedPeers } from './admin/admin-types.ts';
import { createAdmission } from './admin/admission.ts';
import { createInvites } from './admin/invites.ts';
import { createBatchRoutes } from './batches/batch-routes.ts';
import { cancelBatchesOf } from './batches/cancel-batches-of.ts';
import { rotateWebhookSecret } from './batches/webhook-secrets.ts';
import type { ServerConfig } from './config/config-types.ts';
import type { OpenDatabase } from './db/open-database.ts';
import { answerError } from './http/answer-error.ts';
import { API_LIMITS, type ModelEntry } from './http/api-types.ts';
import { createAuthenticate, createLoginAuthenticate } from './http/authenticate.ts';
import { answerOf, POOL_FAILURE } from './http/describe-shapes.ts';
import { guardApp } from './http/guard-app.ts';
import { serveOpenApiDocument } from './http/open-api-document.ts';
import { mayWatch, opsRoutes, type ReadinessCheck } from './http/ops-routes.ts';
import { PAYMENT_HEADERS } from './http/payment-names.ts';
import type { IsSignedForUs } from './http/signed-host.ts';
import { createUsageRoutes } from './jobs/usage-routes.ts';
import type { AccountId } from './ledger/owner.ts';
import type { ModelReader } from './models/model-reader.ts';
import { createNetworkRoutes } from './network/network-routes.ts';
import type { Metrics } from './observe/metric-types.ts';
import { ANSWER_HEADERS } from './openai/describe-answer.ts';
import { createOpenAiRoutes } from './openai/open-ai-routes.ts';
import type { Paying } from './openai/paying.ts';
import { createProgramUsageRoutes } from './openai/usage-routes.ts';
import type { Platform } from './platform.ts';
import { createPoolRoutes } from './pools/pool-routes.ts';
import type { Seal } from './seal/create-seal.ts';
import { createPageHeaders } from './site/page-headers.ts';
import { modelRoutes } from './site/serve-models.ts';
import { serveSite } from './site/serve-site.ts';
import type { OwnTls } from './tls/own-tls.ts';
import { createTrustRoutes } from './tls/trust-routes.ts';

export interface HttpAppOptions {
  config: Pick<
    ServerConfig,
    | 'hubUrl'
    | 'iceServers'
    | 'siteDir'
    | 'corsOrigins'
    | 'ratePerMinute'
    | 'trustedProxies'
    | 'publicUrl'
    | 'metrics'
    | 'allowLocalWebhooks'
    | 'host'
    | 'allowedHosts'
  > & { modelsDir?: string | undefined };
  platform: Platform;
  database: OpenDatabase;
  seal: Seal;
  metrics: Metrics;
  checks: readonly ReadinessCheck[];
  logger: Logger;
  reader: ModelReader;
  isSignedForUs: IsSignedForUs;
  /** With https of its own; undefined: it speaks plain http. */
  ownTls?: OwnTls | undefined;
  /** Where paid sessions are opened; undefined: nowhere. */
  paying?: Paying | undefined;
  /** Who the server's owner is. */
  access: AdminAccess;
  control: ConnectedPeers;
  /** Models that `/v1` offers. */
  models(): readonly ModelEntry[];
  /** A batch has come in. */
  wakeBatches(): void;
  /** Authenticated peers now. */
  peerCount(): number;
}

/** Where the site's own models are, as the browser sees it. */
const SITE_MODELS_URL = '/models';
const NO_STORE = { 'Cache-Control': 'no-store' };
const VERSION = String(PROTOCOL_VERSION);

const configRoute = createRoute({
  method: 'get',
  path: '/api/config',
  tags: ['site'],
  summary: 'What a page needs to know of this server',
  responses: { 200: answerOf(siteConfigSchema, 'The configuration.'), ...POOL_FAILURE },
});

export function createHttpApp(options: HttpAppOptions): OpenAPIHono {
  const { config, platform, logger, database, metrics } = options;
  const { accounts, ledger, roster, jobs, pools, settings } = platform;
  const { hubUrl, siteDir, modelsDir } = config;
  const { publicUrl, trustedProxies } = config;
  const authenticate = createAuthenticate(accounts, publicUrl);
  const authenticateLogin = createLoginAuthenticate(accounts, publicUrl);
  const { paying } = options;
  // Keys of paid sessions ask and read what they asked; files, batches and balances are of accounts.
  const authenticatePaying = paying ? createAuthenticate(accounts, publicUrl, paying.callerOf) : authenticate;
  const invites = createInvites(database.db);
  const app = new OpenAPIHono();
  guardApp(app, {
    config,
    logger,
    metrics,
    authenticate,
    authenticateLogin,
    exposed: [...ANSWER_HEADERS, ...PAYMENT_HEADERS],
  });
  const summaries = () => roster.pools();
  app.route(
    '/',
    opsRoutes({
      metrics,
      access: config.metrics,
      checks: options.checks,
      health: () => ({
        peers: options.peerCount(),
        pools: summaries().map(({ pool, peers, state }) => ({ pool, peers, state })),
      }),
    }),
  );
  const siteConfig: Omit<SiteConfig, 'model' | 'registration'> = {
    ...{ hubUrl, siteModelsUrl: SITE_MODELS_URL, version: VERSION },
    dtypes: [...dtypeSchema.options],
    // No others: who relays (TURN) asks for a name and a password.
    stunUrls: config.iceServers.flatMap(({ urls }) => urls).filter((url) => url.startsWith('stun:')),
  };
  app.openapi(configRoute, (c) => {
    const { model, registration } = settings.current();
    return c.json({ model, registration, ...siteConfig }, 200, NO_STORE);
  });
  app.route('/', createTrustRoutes(options.ownTls));
  app.route(
    '/api/pools',
    createPoolRoutes({
      ...{ store: pools, authenticate: authenticateLogin, summaries, trustedProxies },
      readManifest: options.reader.manifest,
      ownerOf: (peer) => accounts.ownerOf(peer),
      poolOf: (id) => roster.pool(id),
      figuresOf: async (id: PoolId) => ({ ...jobs.loadOf(id), recent: await platform.jobStore.recentOf(id) }),
    }),
  );
  app.route('/api', createNetworkRoutes(platform.network.read));
  app.route('/api', createUsageRoutes({ authenticate: authenticateLogin, jobs: platform.jobStore, ledger }));
  app.route(
    '/api',
    createAccountRoutes({
      ...{ accounts, authenticate: authenticateLogin, ledger, publicUrl, trustedProxies },
      isSignedForUs: options.isSignedForUs,
      admit: createAdmission({ settings, invites }),
      keptOf: keptOfAccount(database.db, pools),
      forget: forgetAccount(pools),
      rotateWebhookSecret: (owner, confirm) => rotateWebhookSecret(database.db, options.seal, owner, confirm),
      async endWorkOf(keys) {
        await cancelBatchesOf(database.db, keys);
        options.wakeBatches();
      },
    }),
  );
  app.route(
    '/api/admin',
    createAdminRoutes({
      ...{ accounts, database, invites, jobs, pools, publicUrl, roster, settings, trustedProxies },
      ...{ access: options.access, acts: createAdminActs(database.db), control: options.control },
      readManifest: options.reader.manifest,
    }),
  );
  app.route(
    '/v1',
    createOpenAiRoutes({
      ...{ jobs, models: options.models, authenticate: authenticatePaying, logger, trustedProxies, paying },
      receiptsOf: (job) => platform.receipts.of(job),
      groups: [
        createProgramUsageRoutes({ authenticate, jobs: platform.jobStore, ledger }),
        ...(paying
          ? paying.routes({
              ...{ models: options.models, authenticate, limits: API_LIMITS },
              peersOf: (account) => accounts.peersOf(account as AccountId),
              receiptsOf: (job) => platform.receipts.of(job),
              payoutOf: (peer) => platform.payouts.known(peer),
              marketPools: () => pools.list().flatMap(({ id }) => (platform.payments?.isMarket(id) ? [id] : [])),
              isOperator: (c) => mayWatch(config.metrics, c),
            })
          : []),
        createBatchRoutes({
          ...{ db: database.db, authenticate, wake: options.wakeBatches },
          allowLoopbackWebhooks: config.allowLocalWebhooks,
        }),
      ],
    }),
  );
  const isHttps = publicUrl?.startsWith('https:') ?? options.ownTls !== undefined;
  serveOpenApiDocument(app, { version: VERSION, isHttps });
  app.all('/api/*', () => {
    throw new PoolError('not-found', 'There is no such API.');
  });
  if (modelsDir) app.route(SITE_MODELS_URL, modelRoutes(modelsDir));
  const framersOf = (pool: string | null) =>
    pools.find((pool || poolIdOf(settings.current().model)) as PoolId)?.embedOrigins ?? [];
  const headersOf = createPageHeaders(hubUrl, framersOf);
  app.get('*', async (c) => {
    const page = siteDir && (await serveSite(siteDir, c.req.path, c.req.raw, headersOf));
    return page || c.text('Not found.', 404);
  });
  app.onError(answerError({ logger, onAnswered: (code) => metrics.refusal(code, 'http') }));
  return app;
}
