// What stands in front of every route: the access log, headers, who may ask from where, and how often. One place, so that
// a new route has it all without asking.
import type { Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { ServerConfig } from '../config/config-types.ts';
import { accessLog } from '../observe/access-log.ts';
import type { Metrics } from '../observe/metric-types.ts';
import { COMMON_HEADERS } from '../site/page-headers.ts';
import type { Authenticate } from './api-types.ts';
import { hasCredentials } from './authenticate.ts';
import { allowOrigins, sameOriginOnly } from './cross-origin.ts';
import { limitLogins, rateLimit } from './rate-limit.ts';

export interface GuardOptions {
  config: Pick<ServerConfig, 'corsOrigins' | 'ratePerMinute' | 'trustedProxies' | 'publicUrl'>;
  logger: Pick<Logger, 'info' | 'debug'>;
  metrics?: Pick<Metrics, 'httpRequest'> | undefined;
  /** Whoever has a good key or login is counted as that account, wherever it comes from; everybody else by address. */
  authenticate?: Authenticate | undefined;
  /** Headers of `/v1` that pages of other sites may read beside the usual ones. */
  exposed?: readonly string[];
  /** Account of a request after it was answered, for the log. */
  loggedAccountOf?(c: Context): string | undefined;
}

/** Routes that check a password or make an account. */
const LOGIN_PATHS = ['/api/account', '/api/account/login'];

/**
 * Must be called before any route is added.
 *
 * @example
 * const app = new Hono();
 * guardApp(app, { config, logger, metrics });
 */
export function guardApp(
  app: Pick<Hono, 'use' | 'post'>,
  { config, logger, metrics, authenticate, exposed, loggedAccountOf }: GuardOptions,
): void {
  const { corsOrigins, ratePerMinute, trustedProxies, publicUrl } = config;
  app.use('*', accessLog({ logger, metrics, ...(loggedAccountOf ? { accountOf: loggedAccountOf } : {}) }));
  app.use('*', async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(COMMON_HEADERS)) c.res.headers.set(name, value);
  });
  // Before the limits, so that a page can read why it was refused.
  app.use('/v1/*', allowOrigins(corsOrigins, 'api', exposed));
  app.use('/api/*', allowOrigins(corsOrigins, 'reads'));
  app.use('/api/*', sameOriginOnly(publicUrl));
  const accountOf = async (c: Context): Promise<string | undefined> =>
    hasCredentials(c)
      ? authenticate?.(c).then(
          ({ account }) => account?.id,
          () => undefined,
        )
      : undefined;
  const limit = rateLimit({ perMinute: ratePerMinute, trustedProxies, accountOf });
  app.use('/v1/*', limit);
  app.use('/api/*', limit);
  const logins = limitLogins({ trustedProxies });
  for (const path of LOGIN_PATHS) app.post(path, logins);
}
