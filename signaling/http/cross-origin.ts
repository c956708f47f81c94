// Which other sites' pages may speak to this server: reading public data and `/v1` by configuration, changing anything
// under `/api` never.
import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { PoolError } from '../../protocol/errors.ts';

const READS = ['GET', 'HEAD'];
const SAFE = new Set([...READS, 'OPTIONS']);
/** A preflight may be remembered for this long; browsers cap it themselves. */
const PREFLIGHT_SECONDS = 600;

/**
 * Cookies are never allowed along (no Access-Control-Allow-Credentials), so another site's page has what anybody has.
 *
 * @param what `reads`: GET of public data, for widgets. `api`: `/v1`, with a key in a header and POST.
 */
export function allowOrigins(corsOrigins: '*' | readonly string[], what: 'reads' | 'api'): MiddlewareHandler {
  return cors({
    origin: corsOrigins === '*' ? '*' : (origin) => (corsOrigins.includes(origin) ? origin : undefined),
    allowMethods: what === 'reads' ? READS : [...READS, 'POST', 'DELETE'],
    allowHeaders: what === 'reads' ? [] : ['Authorization', 'Content-Type', 'Idempotency-Key'],
    exposeHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: PREFLIGHT_SECONDS,
  });
}

/**
 * Refuses (`forbidden`) to change anything for another site's page. Browsers say who asks in `Origin`, which a page
 * cannot forge; a program that sends none brings its own key and no cookie of a person.
 */
export function sameOriginOnly(publicUrl?: string): MiddlewareHandler {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  return async (c, next) => {
    if (!SAFE.has(c.req.method) && !isOwn(c, own)) {
      throw new PoolError('forbidden', 'Pages of other sites cannot change anything here.');
    }
    await next();
  };
}

function isOwn(c: Context, own: string | undefined): boolean {
  const origin = c.req.header('origin');
  // A site that shares our parent domain is another site all the same.
  const site = c.req.header('sec-fetch-site');
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  if (own !== undefined && origin === own) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && url.host === c.req.header('host');
}
