// Middleware that finds out who asks before anything else is read of a request, and hands it on as `c.get('caller')`.
import type { MiddlewareHandler } from 'hono';
import type { Authenticate, Caller } from './api-types.ts';

export interface CallerEnv {
  Variables: { caller: Caller };
}

export const requireCaller =
  (authenticate: Authenticate): MiddlewareHandler<CallerEnv> =>
  async (c, next) => {
    c.set('caller', await authenticate(c));
    await next();
  };

export interface StrangerEnv {
  Variables: { caller: Caller | undefined };
}

/** The same, but where a stranger may pay instead of being known, one who shows nothing is let on as nobody. */
export const takeCaller =
  (authenticate: Authenticate, mayPay: boolean): MiddlewareHandler<StrangerEnv> =>
  async (c, next) => {
    const showsNothing = c.req.header('authorization') === undefined && c.req.header('cookie') === undefined;
    c.set('caller', mayPay && showsNothing ? undefined : await authenticate(c));
    await next();
  };
