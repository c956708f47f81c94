// Rate and size limits as middleware: one bucket per account, or per address for who has none. Answers 429 and 413 as
// typed errors; the app's error handler writes them.
import type { Context, MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { KeyedBuckets, type KeyedBucketsOptions } from '../admission/keyed-buckets.ts';
import { addressKey, clientAddress, incomingOf } from './client-address.ts';

/** What an API body may have by default: a pool, a key's label, a log-in. Routes that take more say so. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** Guessing a password: each try also costs the server a slow hash. Per address and minute. */
export const LOGIN_TRIES_PER_MINUTE = 10;

export interface RateLimitOptions extends KeyedBucketsOptions {
  trustedProxies?: number;
  /** The account, once a log-in or key was checked; undefined counts by address. */
  accountOf?(c: Context): Promise<string | undefined> | string | undefined;
  onRefused?(): void;
}

/** 429 with Retry-After (RFC 9110, 10.2.3) for whoever is above the pace. */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler {
  const { trustedProxies = 0, accountOf, onRefused } = options;
  const buckets = new KeyedBuckets(options);
  return async (c, next) => {
    const account = await accountOf?.(c);
    const key = account === undefined ? `address:${addressOf(c, trustedProxies)}` : `account:${account}`;
    if (!buckets.take(key)) {
      onRefused?.();
      const { retryAfterSeconds } = buckets;
      c.header('Retry-After', String(retryAfterSeconds));
      const message = `Too many requests at once: ${options.perMinute} a minute are taken. Wait ${retryAfterSeconds} s.`;
      throw new PoolError('rate-limited', message, { data: { retryAfterSeconds } });
    }
    await next();
  };
}

/** For log-ins and registrations: by address alone, since who tries has no account yet. */
export const limitLogins = (options: Pick<RateLimitOptions, 'trustedProxies' | 'onRefused'> = {}): MiddlewareHandler =>
  rateLimit({ ...options, perMinute: LOGIN_TRIES_PER_MINUTE, burst: LOGIN_TRIES_PER_MINUTE });

const addressOf = (c: Context, trustedProxies: number): string => {
  const incoming = incomingOf(c);
  return incoming ? addressKey(clientAddress(incoming, trustedProxies)) : 'unknown';
};
