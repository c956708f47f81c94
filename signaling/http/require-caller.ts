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
