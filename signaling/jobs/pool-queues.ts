// The queues of all pools: one each, made when first asked for, let go when it is empty and its pool is gone. Lets nobody wait
// for a pool that everybody has left.

import type { Coalition } from '../../protocol/control.ts';
import type { PoolId } from '../../protocol/ids.ts';
import type { AdmissionLimits } from '../admission/admission-queue.ts';
import { readyOf } from '../roster/coalitions.ts';
import type { Pool } from '../roster/roster-state.ts';
import type { LiveJob } from './live-job.ts';
import { type Moved, PoolQueue } from './pool-queue.ts';

/** A tab that reloads is back within seconds; whoever waits longer for anybody at all should rather hear of it. */
const DESERTED_MS = 30_000;

export interface PoolLoad {
  running: number;
  waiting: number;
  /** Sessions that the serving coalitions take at once. */
  slots: number;
}

/** One coalition's share: who waits counts where it would go on. */
export interface RingLoad extends PoolLoad {
  coalition: Coalition | undefined;
}

export interface PoolQueuesOptions {
  limits: AdmissionLimits;
  poolOf(id: PoolId): Pool | undefined;
  /** Begins a job on this coalition. False when its driver cannot be told: it waits on. */
  start(job: LiveJob, coalition: Coalition): boolean;
  /** Somebody waits although a coalition answers, or nobody does any more. */
  onCrowd?: ((id: PoolId, isCrowded: boolean) => void) | undefined;
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
    const { limits, poolOf, start, onCrowd } = this.#options;
    for (const [other, queue] of this.#queues) {
      if (!queue.isEmpty || poolOf(other)) continue;
      queue.close();
      this.#queues.delete(other);
    }
    const queue = new PoolQueue({
      ...{ limits, pool: () => poolOf(id), start },
      onCrowd: (isCrowded) => onCrowd?.(id, isCrowded),
    });
    this.#queues.set(id, queue);
    return queue;
  }

  loadOf(id: PoolId): PoolLoad {
    const queue = this.#queues.get(id);
    return { running: queue?.running.size ?? 0, waiting: queue?.waiting ?? 0, slots: queue?.slots ?? 0 };
  }

  /** The coalition that takes the next one, and how busy it is. */
  nextOn(id: PoolId): RingLoad {
    const pool = this.#options.poolOf(id);
    const queue = this.#queues.get(id);
    // A pool whose queue is not made yet has nobody in it.
    const coalition = queue ? queue.freest()[0] : pool && readyOf(pool)[0];
    return { coalition, ...this.loadOn(id, coalition) };
  }

  loadOn(id: PoolId, coalition: Coalition | undefined): PoolLoad {
    const queue = this.#queues.get(id);
    if (!queue || !coalition) return this.loadOf(id);
    const { running, slots } = queue.loadOn(coalition);
    return { running, slots, waiting: Math.ceil((queue.waiting * slots) / Math.max(1, queue.slots)) };
  }

  /** The roster has changed this pool: gives the jobs that may go on over a coalition that they have not used. */
  poolChanged(id: PoolId): Moved[] {
    const queue = this.#queues.get(id);
    if (!queue) return [];
    const moved = queue.noteCoalitions();
    queue.pump();
    this.watchDesertion(id);
    return moved;
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
