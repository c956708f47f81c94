// Rate limits as middleware: one bucket per address, a purse for passwords of its own. Answers 429 as a typed error; the app's
// error handler writes it.
import type { Context, MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { KeyedBuckets, type KeyedBucketsOptions } from '../admission/keyed-buckets.ts';
import { addressKey, clientAddress, incomingOf } from './client-address.ts';

/** What an API body may have by default: a pool, a key's label, a log-in. Routes that take more say so. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** Guessing a password: each try also costs the server a slow hash. Per address and minute. */
export const LOGIN_TRIES_PER_MINUTE = 10;

export interface RateLimitOptions extends KeyedBucketsOptions {
  trustedProxies?: number | undefined;
  onRefused?(): void;
}

/** A body counts as so many requests more as it has times these bytes: to read, parse and keep it takes the server as long. */
const BYTES_PER_REQUEST = 64 * 1024;
/** What a file of a batch counts as, which is read line by line: the request after it need not wait. */
const MAX_COST = 31;
/** A body that does not say how long it is. */
const UNTOLD_COST = 16;

function costOf(c: Context): number {
  const told = c.req.header('content-length');
  if (told === undefined) return c.req.header('transfer-encoding') === undefined ? 1 : UNTOLD_COST;
  const bytes = Number(told);
  return 1 + (bytes > 0 ? Math.min(MAX_COST, Math.floor(bytes / BYTES_PER_REQUEST)) : 0);
}

/** 429 with Retry-After (RFC 9110, 10.2.3) for whoever is above the pace. Throws `rate-limited`. */
export function takeOrRefuse(
  c: Context,
  buckets: KeyedBuckets,
  key: string,
  { perMinute, onRefused }: Pick<RateLimitOptions, 'perMinute' | 'onRefused'>,
): void {
  if (buckets.take(key, { cost: costOf(c) })) return;
  onRefused?.();
  const retryAfterSeconds = buckets.waitSeconds(key);
  c.header('Retry-After', String(retryAfterSeconds));
  const message = `Too many requests at once: ${perMinute} a minute are taken. Wait ${retryAfterSeconds} s.`;
  throw new PoolError('rate-limited', message, { data: { retryAfterSeconds } });
}

/** By address alone. */
export function rateLimit(options: RateLimitOptions): MiddlewareHandler {
  const buckets = new KeyedBuckets(options);
  return async (c, next) => {
    takeOrRefuse(c, buckets, `address:${addressOf(c, options.trustedProxies)}`, options);
    await next();
  };
}

/** For whatever checks a password: who tries may have no account yet. */
export const limitLogins = (options: Pick<RateLimitOptions, 'trustedProxies' | 'onRefused'> = {}): MiddlewareHandler =>
  rateLimit({ ...options, perMinute: LOGIN_TRIES_PER_MINUTE, burst: LOGIN_TRIES_PER_MINUTE });

export const addressOf = (c: Context, trustedProxies = 0): string => {
  const incoming = incomingOf(c);
  return incoming ? addressKey(clientAddress(incoming, trustedProxies)) : 'unknown';
};
