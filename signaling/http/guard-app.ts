// What stands in front of every route: the access log, headers, who may ask from where, and how often. One place, so that
// a new route has it all without asking.
import type { Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { ServerConfig } from '../config/config-types.ts';
import { accessLog } from '../observe/access-log.ts';
import type { Metrics } from '../observe/metric-types.ts';
import { COMMON_HEADERS } from '../site/page-headers.ts';
import type { Authenticate } from './api-types.ts';
import { shownKey } from './authenticate.ts';
import { allowOrigins, sameOriginOnly } from './cross-origin.ts';
import { callerLimits } from './limit-callers.ts';
import { loginCookie } from './login-cookie.ts';
import { limitLogins } from './rate-limit.ts';
import { requireOwnHost } from './require-own-host.ts';

export interface GuardOptions {
  config: Pick<ServerConfig, 'corsOrigins' | 'ratePerMinute' | 'trustedProxies' | 'publicUrl'> &
    Partial<Pick<ServerConfig, 'host' | 'allowedHosts'>>;
  logger: Pick<Logger, 'info' | 'debug'>;
  metrics?: Pick<Metrics, 'httpRequest'> | undefined;
  /** Whoever has a good key or login is counted as that account, wherever it comes from; everybody else by address. */
  authenticate?: Authenticate | undefined;
  /** The same for `/api`, where no key counts. */
  authenticateLogin?: Authenticate | undefined;
  /** Headers of `/v1` that pages of other sites may read beside the usual ones. */
  exposed?: readonly string[];
  /** Account of a request after it was answered, for the log. */
  loggedAccountOf?(c: Context): string | undefined;
}

/** Routes that check a password, a token or a link, or make an account. */
const PASSWORD_PATHS = [
  ...['/api/account', '/api/account/login', '/api/account/login/again', '/api/account/password'],
  ...['/api/account/reset', '/api/account/removal', '/api/admin/login'],
];

/** A year, as long as the server is reached over https at all: browsers then ask over nothing else (RFC 6797). */
const TRANSPORT_SECURITY = 'max-age=31536000';

/**
 * Must be called before any route is added.
 *
 * @example
 * const app = new Hono();
 * guardApp(app, { config, logger, metrics });
 */
export function guardApp(
  app: Pick<Hono, 'use' | 'post'>,
  { config, logger, metrics, authenticate, authenticateLogin, exposed, loggedAccountOf }: GuardOptions,
): void {
  const { corsOrigins, ratePerMinute, trustedProxies, publicUrl } = config;
  app.use('*', accessLog({ logger, metrics, ...(loggedAccountOf ? { accountOf: loggedAccountOf } : {}) }));
  const headers = Object.entries({
    ...COMMON_HEADERS,
    ...(publicUrl?.startsWith('https:') ? { 'Strict-Transport-Security': TRANSPORT_SECURITY } : {}),
  });
  app.use('*', async (c, next) => {
    await next();
    for (const [name, value] of headers) c.res.headers.set(name, value);
  });
  app.use('*', requireOwnHost(config));
  // Before the limits, so that a page can read why it was refused.
  app.use('/v1/*', allowOrigins(corsOrigins, 'api', exposed));
  app.use('/api/*', allowOrigins(corsOrigins, 'reads'));
  app.use('/api/*', sameOriginOnly(publicUrl));
  const limit = callerLimits({ perMinute: ratePerMinute, trustedProxies });
  const tokenOf = loginCookie(publicUrl).read;
  const keyOrToken = (c: Context): string | undefined => shownKey(c) ?? tokenOf(c);
  app.use('/v1/*', limit(authenticate && { credentialOf: keyOrToken, authenticate }));
  app.use('/api/*', limit(authenticateLogin && { credentialOf: tokenOf, authenticate: authenticateLogin }));
  const passwords = limitLogins({ trustedProxies });
  for (const path of PASSWORD_PATHS) app.post(path, passwords);
}
