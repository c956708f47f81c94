// Decides whether and when a failed request is tried again. Waits are bounded and can be aborted.
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';

export interface RetryPolicy {
  /** Tries in a row that brought nothing before giving up. */
  maxTries: number;
  baseDelayMs: number;
  maxDelayMs: number;
  /** A server may ask for hours with Retry-After; nobody watches a tab for that long. */
  maxRetryAfterMs: number;
  /** A connection that brings no byte for this long counts as broken. */
  idleTimeoutMs: number;
  /** Kept bytes that make a failed try count as progress, so that a large file over a poor link is finished. */
  progressBytes: number;
}

/** Six tries wait about 0.3 + 0.6 + 1.2 + 2.4 + 4.8 s at most: longer outages are the user's to retry. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxTries: 6,
  baseDelayMs: 300,
  maxDelayMs: 10_000,
  maxRetryAfterMs: 30_000,
  idleTimeoutMs: 30_000,
  progressBytes: 65_536,
};

/** A failure that may pass. Stays inside `hub/`: when tries run out it becomes a PoolError with `code`. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  readonly code: ErrorCode;
  readonly waitMs: number | undefined;

  /** @param options.waitMs what the server asked for; 0 tries again at once, undefined backs off. */
  constructor(code: ErrorCode, message: string, options: { waitMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.waitMs = options.waitMs;
  }
}

/**
 * Delay before try `failedTries + 1`: exponential with full jitter, so that a hundred tabs whose hub hiccuped do not
 * come back together. Never below half of the step, so that the last try is not spent in the first millisecond.
 */
export function backoffMs(policy: RetryPolicy, failedTries: number, random: () => number = Math.random): number {
  const step = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failedTries - 1));
  return step / 2 + (random() * step) / 2;
}

/** Retry-After in ms, from seconds or an HTTP date (RFC 9110, 10.2.3), within the policy's bound. */
export function parseRetryAfter(header: string | null, policy: RetryPolicy, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), policy.maxRetryAfterMs) : undefined;
}

/** Resolves after `delayMs`. @throws PoolError `cancelled` when the signal fires first. */
export function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled(signal));
    const onAbort = () => {
      clearTimeout(timer);
      reject(cancelled(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The error for a stop that was asked for. A PoolError given as the reason of the abort is kept. */
export function cancelled(signal: AbortSignal | undefined): PoolError {
  const reason: unknown = signal?.reason;
  return reason instanceof PoolError ? reason : new PoolError('cancelled', 'The download was stopped.');
}
