// The queues of all pools: one each, made when first asked for, let go when it is empty and its pool is gone. Lets nobody wait
// for a pool that everybody has left.

import type { Coalition } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { AdmissionLimits } from '../admission/admission-queue.ts';
import { readyOf } from '../roster/coalitions.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { LiveJob } from './live-job.ts';
import { PoolQueue } from './pool-queue.ts';

/** A tab that reloads is back within seconds; whoever waits longer for anybody at all should rather hear of it. */
const DESERTED_MS = 30_000;

export interface PoolLoad {
  running: number;
  waiting: number;
  /** Sessions that the serving coalition takes at once. */
  slots: number;
}

export interface PoolQueuesOptions {
  limits: AdmissionLimits;
  poolOf(id: PoolId): Pool | undefined;
  /** Begins a job on this coalition. False when its driver cannot be told: it waits on. */
  start(job: LiveJob, coalition: Coalition): boolean;
  /** Nobody has been in the pool of these for a while. */
  letGo(waiting: readonly LiveJob[]): void;
  desertedMs?: number | undefined;
}

export class PoolQueues {
  readonly #options: PoolQueuesOptions;
  readonly #queues = new Map<PoolId, PoolQueue>();

  constructor(options: PoolQueuesOptions) {
    this.#options = options;
  }

  /** The pool's queue, made if need be. */
  of(id: PoolId): PoolQueue {
    const known = this.#queues.get(id);
    if (known) return known;
    const { limits, poolOf, start } = this.#options;
    for (const [other, queue] of this.#queues) {
      if (!queue.isEmpty || poolOf(other)) continue;
      queue.close();
      this.#queues.delete(other);
    }
    const queue = new PoolQueue({ limits, pool: () => poolOf(id), start });
    this.#queues.set(id, queue);
    return queue;
  }

  loadOf(id: PoolId): PoolLoad {
    const queue = this.#queues.get(id);
    return { running: queue?.running.size ?? 0, waiting: queue?.waiting ?? 0, slots: queue?.slots ?? 0 };
  }

  /** The roster has changed this pool. `moved`: jobs that may go on over a coalition that they have not used. */
  poolChanged(id: PoolId): { moved: LiveJob[]; coalition: Coalition } | undefined {
    const queue = this.#queues.get(id);
    if (!queue) return undefined;
    const pool = this.#options.poolOf(id);
    const [ready] = pool ? readyOf(pool) : [];
    const moved = ready ? queue.addCoalition(ready) : [];
    queue.pump();
    this.watchDesertion(id);
    return ready && moved.length > 0 ? { moved, coalition: ready } : undefined;
  }

  /** Counts from now on, while nobody is in the pool. */
  watchDesertion(id: PoolId): void {
    const { poolOf, letGo, desertedMs = DESERTED_MS } = this.#options;
    const isDeserted = (poolOf(id)?.peers.length ?? 0) === 0;
    this.#queues.get(id)?.watchDesertion(isDeserted, desertedMs, letGo);
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
