// How often somebody may ask: per account, or per address for whoever is no account's yet. Counted before a key or a login is
// looked up, so that one which nobody made buys no more of the database than its address has.
import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import { toPoolError } from './answer-error.ts';
import type { Authenticate } from './api-types.ts';
import { addressOf, type RateLimitOptions, takeOrRefuse } from './rate-limit.ts';
import { RecentMap } from './recent-map.ts';

/** A key or login that was good so lately is counted by its account from the start: strangers at its address delay it not. */
const REMEMBER_MS = 10 * 60_000;
const MAX_REMEMBERED = 50_000;

export interface CallersOf {
  /** The key or token that a request shows, if it could be one. */
  credentialOf(c: Context): string | undefined;
  /** Looks it up, once per request. */
  authenticate: Authenticate;
}

/**
 * Makes guards that count together. A request without a credential is counted by its address, and so is one with a
 * credential that was not good lately, which is then looked up; all of one account are counted together, wherever they
 * come from.
 *
 * @example
 * const limit = callerLimits({ perMinute: 600 });
 * app.use('/v1/*', limit({ credentialOf, authenticate }));
 */
export function callerLimits(options: RateLimitOptions): (callers?: CallersOf) => MiddlewareHandler {
  const buckets = new KeyedBuckets(options);
  /** Accounts by the hash of what was shown. */
  const good = new RecentMap<string>({ keepMs: REMEMBER_MS, maxEntries: MAX_REMEMBERED });
  return (callers) => async (c, next) => {
    const take = (key: string): void => takeOrRefuse(c, buckets, key, options);
    const credential = callers?.credentialOf(c);
    const shown = credential === undefined ? undefined : digest(credential);
    const known = shown === undefined ? undefined : good.get(shown);
    take(known === undefined ? `address:${addressOf(c, options.trustedProxies)}` : `account:${known}`);
    if (callers && shown !== undefined) {
      const account = await callers.authenticate(c).then(
        (caller) => caller.account?.id,
        // What was revoked is not known any more; a database that is away says nothing about it. The route tells the caller.
        (thrown) => (toPoolError(thrown).code === 'not-logged-in' ? undefined : known),
      );
      if (account === undefined) good.delete(shown);
      else good.set(shown, account);
      if (account !== undefined && known === undefined) take(`account:${account}`);
    }
    await next();
  };
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64');
