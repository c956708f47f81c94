// Middleware for what outlives a login or cannot be undone: the browser must have shown the account's password lately. A page
// that was left open, or a cookie that was copied, does not do.
import type { MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { CallerEnv } from './require-caller.ts';

/** Long enough to set up a few things in one go. */
export const RECENT_LOGIN_MS = 15 * 60_000;

/** Behind `requireCaller` with logins alone. Throws `login-again`. */
export function requireRecentLogin(clock: () => Date): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const { login } = c.get('caller');
    if (!login || clock().getTime() - login.provedAt.getTime() >= RECENT_LOGIN_MS) {
      throw new PoolError('login-again', 'This needs the password once more: the login is not a recent one.');
    }
    await next();
  };
}
