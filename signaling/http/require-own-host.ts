// Middleware that refuses requests for a name which is not this server's, before anything else is read of them.
import type { MiddlewareHandler } from 'hono';
import { ERROR_CODES, PoolError } from '../../protocol/errors.ts';
import { type OwnHostOptions, ownHost } from './own-host.ts';

/** Names nobody's name: what stands in `Host` is the caller's own. */
const MESSAGE = 'This server does not go by the name in the Host of this request.';

/** For whoever writes an answer by hand. */
export const HOST_REFUSED = {
  status: ERROR_CODES['host-refused'].status,
  text: `${MESSAGE} ${ERROR_CODES['host-refused'].next}`,
};

/** 421 (RFC 9110, 15.5.20): typed below `/v1` and `/api`, a sentence elsewhere. */
export function requireOwnHost(options: OwnHostOptions): MiddlewareHandler {
  const isOwn = ownHost(options);
  return async (c, next) => {
    if (isOwn(c.req.header('host'))) return next();
    if (/^\/(api|v1)(\/|$)/.test(c.req.path)) throw new PoolError('host-refused', MESSAGE);
    return c.text(HOST_REFUSED.text, HOST_REFUSED.status);
  };
}
