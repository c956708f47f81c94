// One line per HTTP request for the log, and the same for the metrics: route pattern, status, time, and a pseudonym of the
// account. Never a body, a path with ids, a query, a header or an address.
import { createHmac, randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Logger } from 'pino';
import type { Metrics } from './metric-types.ts';

export interface AccessLogOptions {
  logger: Pick<Logger, 'info' | 'debug'>;
  metrics?: Pick<Metrics, 'httpRequest'> | undefined;
  /** The account that the request turned out to be of, once it was answered. */
  accountOf?(c: Context): string | undefined;
}

/** Read so often that they would drown the rest: told at `debug`. */
const QUIET_ROUTES = new Set(['/healthz', '/readyz', '/metrics']);

/** Must come before everything else, so that refusals are told too. */
export function accessLog({ logger, metrics, accountOf }: AccessLogOptions): MiddlewareHandler {
  const pseudonymOf = createPseudonyms();
  return async (c, next) => {
    const startedAtMs = performance.now();
    await next();
    const ms = performance.now() - startedAtMs;
    const route = routePath(c);
    const { method } = c.req;
    const { status } = c.res;
    metrics?.httpRequest({ method, route, status, ms });
    const account = accountOf?.(c);
    const line = {
      method: method.slice(0, 10),
      route,
      status,
      ms: Math.round(ms * 10) / 10,
      ...(account === undefined ? {} : { account: pseudonymOf(account) }),
    };
    if (QUIET_ROUTES.has(route) || c.req.method === 'OPTIONS') logger.debug(line, 'http');
    else logger.info(line, 'http');
  };
}

/** Tells lines of one account apart without naming it: the key is forgotten when the process ends. */
export function createPseudonyms(): (id: string) => string {
  const key = randomBytes(32);
  return (id) => createHmac('sha256', key).update(id).digest('hex').slice(0, 12);
}
