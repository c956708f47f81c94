// The HTTP side as one function from Request to Response: health, configuration, pools, model files, the site.
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import type { PoolSummary, SiteConfig } from '../protocol/control.ts';
import { PoolError } from '../protocol/errors.ts';
import { dtypeSchema, type ModelRef } from '../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../protocol/limits.ts';
import { modelRoutes } from './serve-models.ts';
import { serveSite } from './serve-site.ts';

export interface HttpAppOptions {
  model: ModelRef;
  hubUrl: string;
  siteDir?: string | undefined;
  modelsDir?: string | undefined;
  logger: Logger;
  /** Authenticated peers now. */
  peerCount(): number;
  pools(): PoolSummary[];
}

/** Where the site's own models are, as the browser sees it. */
const SITE_MODELS_URL = '/models';

export function createHttpApp(options: HttpAppOptions): Hono {
  const { model, hubUrl, siteDir, modelsDir, logger } = options;
  const startedAtMs = performance.now();
  const app = new Hono();
  app.use('*', async (c, next) => {
    await next();
    // No COOP or COEP (they break wallet popups) and no CSP (the static export has inline scripts).
    c.res.headers.set('X-Content-Type-Options', 'nosniff');
    c.res.headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
  });
  // A widget on another site reads these too.
  app.use('/api/*', cors({ origin: '*' }));
  app.get('/healthz', (c) =>
    c.json(
      {
        status: 'ok',
        uptimeSeconds: Math.floor((performance.now() - startedAtMs) / 1000),
        peers: options.peerCount(),
        pools: options.pools().map(({ pool, peers, state }) => ({ pool, peers, state })),
      },
      200,
      { 'Cache-Control': 'no-store' },
    ),
  );
  const config: SiteConfig = {
    model,
    hubUrl,
    siteModelsUrl: SITE_MODELS_URL,
    dtypes: [...dtypeSchema.options],
    version: String(PROTOCOL_VERSION),
  };
  app.get('/api/config', (c) => c.json(config, 200, { 'Cache-Control': 'no-store' }));
  app.get('/api/pools', (c) => c.json({ pools: options.pools() }, 200, { 'Cache-Control': 'no-store' }));
  app.all('/api/*', () => {
    throw new PoolError('bad-request', 'There is no such API.');
  });
  if (modelsDir) app.route(SITE_MODELS_URL, modelRoutes(modelsDir));
  app.get('*', async (c) => {
    const page = siteDir && (await serveSite(siteDir, c.req.path, c.req.raw));
    return page || c.text('Not found.', 404);
  });
  app.onError((thrown, c) => {
    const error = PoolError.from(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'request failed');
    const shape =
      error.code === 'internal' ? new PoolError('internal', 'The server failed.').toShape() : error.toShape();
    return Response.json({ error: { ...shape, next: error.next } }, { status: error.status, headers: c.res.headers });
  });
  return app;
}
