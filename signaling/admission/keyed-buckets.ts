// One rate limit for many callers: a bucket per key, the longest unused forgotten first. Bounded; the clock is the caller's.
import { TokenBucket } from './token-bucket.ts';

export interface KeyedBucketsOptions {
  perMinute: number;
  /** At once, after a pause. Default: a tenth of `perMinute`, at least 10 but never more than a minute's worth. */
  burst?: number;
  /** Callers that are remembered: beyond it the one that was quiet for longest begins anew. */
  maxKeys?: number;
}

const MAX_KEYS = 50_000;
const MIN_BURST = 10;

export class KeyedBuckets {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #maxKeys: number;
  /** In order of use. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor({ perMinute, burst, maxKeys = MAX_KEYS }: KeyedBucketsOptions) {
    this.#perSecond = perMinute / 60;
    this.#burst = burst ?? Math.min(perMinute, Math.max(MIN_BURST, Math.ceil(perMinute / 10)));
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Whole seconds until one more of this key may pass, one at least: what Retry-After says. */
  waitSeconds(key: string, nowMs = performance.now()): number {
    return Math.max(1, Math.ceil(this.#buckets.get(key)?.waitSeconds(nowMs) ?? 0));
  }

  /** What costs more than one makes those after it wait the longer. */
  take(key: string, { cost = 1, nowMs = performance.now() }: { cost?: number; nowMs?: number } = {}): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#perSecond, this.#burst, nowMs);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest as string);
    }
    return bucket.take(nowMs, cost);
  }
}
