// Who comes to /api/admin: its owner, by the token or by a login that was opened with it. Everybody else is told what whoever asks for
// a route that is not there is told, word for word.
import type { Context, MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import { shownKey } from '../http/authenticate.ts';
import { adminCookie } from '../http/login-cookie.ts';
import { addressOf, LOGIN_TRIES_PER_MINUTE, takeOrRefuse } from '../http/rate-limit.ts';
import { originOf, senderOf } from '../http/same-origin.ts';
import type { AdminAccess } from './admin-access.ts';

/** As `/api/*` says it. */
export const nowhere = (): PoolError => new PoolError('not-found', 'There is no such API.');

interface Options {
  access: Pick<AdminAccess, 'isOwner' | 'isSession'>;
  publicUrl?: string | undefined;
  trustedProxies: number;
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whoever shows wrong tokens is slowed down; the right one never is. */
export function requireOwner({ access, publicUrl, trustedProxies }: Options): MiddlewareHandler {
  const cookie = adminCookie(publicUrl);
  const own = originOf(publicUrl);
  const buckets = new KeyedBuckets({ perMinute: LOGIN_TRIES_PER_MINUTE, burst: LOGIN_TRIES_PER_MINUTE });
  const isOwner = async (c: Context): Promise<boolean> => {
    if (c.req.header('authorization') !== undefined) {
      const shown = shownKey(c);
      if (shown !== undefined && (await access.isOwner(shown))) return true;
      takeOrRefuse(c, buckets, addressOf(c, trustedProxies), { perMinute: LOGIN_TRIES_PER_MINUTE });
      return false;
    }
    const session = cookie.read(c);
    if (session === undefined || !(await access.isSession(session))) return false;
    // A cookie counts for what a page of this very site changes.
    return isSafe(c.req.method) || senderOf(c.req.raw.headers, own) === 'own';
  };
  return async (c, next) => {
    if (!(await isOwner(c))) throw nowhere();
    await next();
  };
}
