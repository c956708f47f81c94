// The HTTP side as one function from Request to Response: guards, operations, the API, model files, the site. Composes
// groups of routes; each has its own rules.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { getCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import { PoolError } from '../protocol/errors.ts';
import { type SiteConfig, siteConfigSchema } from '../protocol/http/config.ts';
import { dtypeSchema, type PoolId } from '../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../protocol/limits.ts';
import { createAccountRoutes } from './accounts/account-routes.ts';
import { createBatchRoutes } from './batches/batch-routes.ts';
import { rotateWebhookSecret } from './batches/webhook-secrets.ts';
import type { ServerConfig } from './config/config-types.ts';
import type { OpenDatabase } from './db/open-database.ts';
import { errorBody } from './http/answer-error.ts';
import type { ModelEntry } from './http/api-types.ts';
import { createAuthenticate, SESSION_COOKIE } from './http/authenticate.ts';
import { answerOf, POOL_FAILURE } from './http/describe-shapes.ts';
import { guardApp } from './http/guard-app.ts';
import { serveOpenApiDocument } from './http/open-api-document.ts';
import { opsRoutes, type ReadinessCheck } from './http/ops-routes.ts';
import { createUsageRoutes } from './jobs/usage-routes.ts';
import type { Metrics } from './observe/metric-types.ts';
import { createOpenAiRoutes } from './openai/open-ai-routes.ts';
import type { Platform } from './platform.ts';
import { createManifestReader } from './pools/manifest-reader.ts';
import { createPoolRoutes } from './pools/pool-routes.ts';
import { createPageHeaders } from './site/page-headers.ts';
import { modelRoutes } from './site/serve-models.ts';
import { serveSite } from './site/serve-site.ts';

export interface HttpAppOptions {
  config: Pick<
    ServerConfig,
    | 'model'
    | 'hubUrl'
    | 'siteDir'
    | 'corsOrigins'
    | 'ratePerMinute'
    | 'trustedProxies'
    | 'publicUrl'
    | 'metrics'
    | 'allowLocalWebhooks'
  > & { modelsDir?: string | undefined };
  platform: Platform;
  database: OpenDatabase;
  metrics: Metrics;
  checks: readonly ReadinessCheck[];
  logger: Logger;
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
  const { accounts, ledger, orchestrator, desk, pools } = platform;
  const { hubUrl, siteDir, modelsDir } = config;
  const authenticate = createAuthenticate(accounts);
  const app = new OpenAPIHono();
  guardApp(app, { config, logger, metrics, accountOf: (c) => accountKeyOf(c, accounts) });
  const summaries = () => orchestrator.pools();
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
  const siteConfig: SiteConfig = {
    ...{ model: config.model, hubUrl, siteModelsUrl: SITE_MODELS_URL, version: VERSION },
    dtypes: [...dtypeSchema.options],
  };
  app.openapi(configRoute, (c) => c.json(siteConfig, 200, NO_STORE));
  app.route(
    '/api/pools',
    createPoolRoutes({
      ...{ store: pools, authenticate, summaries, logger },
      readManifest: createManifestReader({ hubUrl, modelsDir }),
      ownerOf: (peer) => accounts.ownerOf(peer),
      poolOf: (id) => orchestrator.pool(id),
      figuresOf: async (id: PoolId) => ({ ...desk.loadOf(id), recent: await platform.jobs.recentOf(id) }),
    }),
  );
  app.route('/api', createUsageRoutes({ authenticate, jobs: platform.jobs, ledger, logger }));
  app.route(
    '/api',
    createAccountRoutes({
      ...{ accounts, ledger, logger, trustedProxies: config.trustedProxies },
      rotateWebhookSecret: (owner) => rotateWebhookSecret(database.db, owner),
      isHttps: () => config.publicUrl?.startsWith('https:') ?? false,
    }),
  );
  app.route(
    '/v1',
    createOpenAiRoutes({
      ...{ jobs: desk, models: options.models, authenticate, logger, corsOrigins: config.corsOrigins },
      receiptsOf: (job) => platform.receipts.of(job),
      groups: [
        createBatchRoutes({
          ...{ db: database.db, authenticate, wake: options.wakeBatches },
          allowLoopbackWebhooks: config.allowLocalWebhooks,
        }),
      ],
    }),
  );
  serveOpenApiDocument(app, { version: VERSION });
  app.all('/api/*', () => {
    throw new PoolError('not-found', 'There is no such API.');
  });
  if (modelsDir) app.route(SITE_MODELS_URL, modelRoutes(modelsDir));
  const headersOf = createPageHeaders(hubUrl);
  app.get('*', async (c) => {
    const page = siteDir && (await serveSite(siteDir, c.req.path, c.req.raw, headersOf));
    return page || c.text('Not found.', 404);
  });
  app.onError((thrown, c) => {
    const error = PoolError.from(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'request failed');
    metrics.refusal(error.code, 'http');
    return Response.json(errorBody(error), { status: error.status, headers: c.res.headers });
  });
  return app;
}

/** What the rate limit counts by, where a key or cookie is good: the account. Throws nothing. */
async function accountKeyOf(
  c: Parameters<typeof getCookie>[0],
  accounts: Platform['accounts'],
): Promise<string | undefined> {
  const key = /^Bearer +(\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (key) return (await accounts.byKey(key))?.id;
  const token = getCookie(c, SESSION_COOKIE);
  return token && token.length <= 200 ? (await accounts.bySession(token))?.id : undefined;
}
