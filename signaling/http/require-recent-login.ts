// Middleware for what outlives a login or cannot be undone: the browser must have shown the account's password lately. A page
// that was left open, or a cookie that was copied, does not do.
import type { MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { Login } from './api-types.ts';
import type { CallerEnv } from './require-caller.ts';

/** Long enough to set up a few things in one go. */
export const RECENT_LOGIN_MS = 15 * 60_000;

/** Behind `requireCaller` with logins alone. Throws `login-again`. */
export function requireRecentLogin(clock: () => Date): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    checkRecentLogin(c.get('caller').login, clock());
    await next();
  };
}

/** The same for a route of which only some requests outlive a login. */
export function checkRecentLogin(login: Login | undefined, now: Date): void {
  if (!login || now.getTime() - login.provedAt.getTime() >= RECENT_LOGIN_MS) {
    throw new PoolError('login-again', 'This needs the password once more: the login is not a recent one.');
  }
}
