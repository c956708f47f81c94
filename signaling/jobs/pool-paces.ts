// How fast a pool's answers were lately, by the server's own clock and the tokens that were settled: nobody's word. Who waits for
// the first token waits here too, so that short answers look slower than they are drawn.
import type { PoolId } from '../../protocol/ids.ts';
import type { JobObserver } from './job-context.ts';
import type { LiveJob } from './live-job.ts';

/** Fewer tokens say more of the prompt than of the pace. */
const LEAST_TOKENS = 8;
/** For each pool: the median of the last so many. */
const KEPT = 5;
/** More than ever answer at a time, and more pools than a server lists. */
const MOST_RUNNING = 10_000;
const MOST_POOLS = 1000;

export class PoolPaces {
  readonly #running = new Map<string, { startedMs: number; answeredMs?: number }>();
  readonly #paces = new Map<PoolId, number[]>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly started: JobObserver['started'] = ({ id }) => {
    if (this.#running.size < MOST_RUNNING) this.#running.set(id, { startedMs: this.#nowMs() });
  };

  /** Receipts are gathered from now on: nobody waits for them. */
  answered({ id }: Pick<LiveJob, 'id'>): void {
    const running = this.#running.get(id);
    if (running) running.answeredMs = this.#nowMs();
  }

  readonly ended: JobObserver['ended'] = ({ id, pool, usage }) => {
    const { startedMs, answeredMs } = this.#running.get(id) ?? {};
    this.#running.delete(id);
    if (startedMs === undefined || answeredMs === undefined || usage.completionTokens < LEAST_TOKENS) return;
    const seconds = (answeredMs - startedMs) / 1000;
    if (!(seconds > 0) || (!this.#paces.has(pool) && this.#paces.size >= MOST_POOLS)) return;
    const paces = this.#paces.get(pool) ?? [];
    this.#paces.set(pool, [...paces.slice(1 - KEPT), usage.completionTokens / seconds]);
  };

  /** Tokens a second; undefined until an answer was long enough. */
  of(pool: PoolId): number | undefined {
    const sorted = [...(this.#paces.get(pool) ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
