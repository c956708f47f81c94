// Which other sites' pages may speak to this server: reading public data and `/v1` by configuration, changing anything
// under `/api` never.
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { PoolError } from '../../protocol/errors.ts';
import { originOf, senderOf } from './same-origin.ts';

const READS = ['GET', 'HEAD'];
const SAFE = new Set([...READS, 'OPTIONS']);
/** A preflight may be remembered for this long; browsers cap it themselves. */
const PREFLIGHT_SECONDS = 600;

/**
 * Cookies are never allowed along (no Access-Control-Allow-Credentials), so another site's page has what anybody has.
 *
 * @param what `reads`: GET of public data, for widgets. `api`: `/v1`, with a key in a header and POST.
 * @param exposed further headers of answers that a page may read.
 */
export function allowOrigins(
  corsOrigins: '*' | readonly string[],
  what: 'reads' | 'api',
  exposed: readonly string[] = [],
): MiddlewareHandler {
  return cors({
    origin: corsOrigins === '*' ? '*' : (origin) => (corsOrigins.includes(origin) ? origin : undefined),
    allowMethods: what === 'reads' ? READS : [...READS, 'POST', 'DELETE'],
    // None named: a preflight is told those that it asks for. Clients add their own (`x-stainless-os`, ...), none of which is
    // of any account without a cookie.
    allowHeaders: [],
    exposeHeaders: ['Retry-After', 'X-Request-Id', ...exposed],
    maxAge: PREFLIGHT_SECONDS,
  });
}

/**
 * Refuses (`forbidden`) to change anything for another site's page; a program that is no page brings its own key and no
 * cookie of a person.
 */
export function sameOriginOnly(publicUrl?: string): MiddlewareHandler {
  const own = originOf(publicUrl);
  return async (c, next) => {
    if (!SAFE.has(c.req.method) && senderOf(c.req.raw.headers, own) === 'other') {
      throw new PoolError('forbidden', 'Pages of other sites cannot change anything here.');
    }
    await next();
  };
}
