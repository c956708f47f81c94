// The cache of a session where attention is fused and runs on the GPU: buffers that are written in place, its own while it
// runs alone, a row of the pool's while it runs with others. Going back is free: later positions are written over.
import { type GpuKvContext, KvBuffers } from './kv-buffers.ts';
import { type KvBinding, kvBytes } from './kv-cache.ts';
import { kvCapacity } from './kv-layout.ts';
import type { KvPool, PoolMember } from './kv-pool.ts';

export class InPlaceKvCache implements PoolMember {
  length = 0;
  readonly #context: GpuKvContext;
  readonly #pool: KvPool;
  /** While it has no row in the pool. */
  #own: KvBuffers | undefined;

  constructor(context: GpuKvContext, pool: KvPool) {
    this.#context = context;
    this.#pool = pool;
  }

  get ownBytes(): number {
    return this.#own?.bytes ?? 0;
  }

  crop(length: number): void {
    this.length = Math.min(this.length, length);
  }

  bind(tokens: number): KvBinding {
    const needed = this.length + tokens;
    const pooled = this.#pool.bindFirst(this, needed);
    if (pooled) return pooled;
    if (this.#pool.has(this)) this.#pool.takeOut(this, needed);
    if (!this.#own || this.#own.positions < needed) this.#grow(needed);
    this.#pool.clearIfOver();
    return this.#own!.bind(1);
  }

  commit(tokens: number): void {
    this.length += tokens;
  }

  dispose(): void {
    this.length = 0;
    this.#context
      .exclusive(async () => {
        this.#pool.leave(this);
        this.#own?.destroy();
        this.#own = undefined;
      })
      .catch(() => {
        // The device is lost, and its memory with it.
      });
  }

  moveInto(buffers: KvBuffers, row: number): void {
    this.#own?.copyRow(this.length, 0, buffers, row);
    this.#own?.destroy();
    this.#own = undefined;
  }

  moveOut(buffers: KvBuffers, row: number, positions: number): void {
    this.#own = new KvBuffers(this.#context, 1, kvCapacity(positions, this.#context.maxContext));
    buffers.copyRow(this.length, row, this.#own, 0);
  }

  #grow(positions: number): void {
    const { maxContext, budget } = this.#context;
    const capacity = kvCapacity(positions, maxContext);
    // The pool's room for others is given up first: whoever is admitted has a right to its positions.
    const extraBytes = kvBytes(this.#context, capacity) - this.ownBytes;
    if (budget.usedBytes + extraBytes > budget.limitBytes) this.#pool.clear();
    const grown = new KvBuffers(this.#context, 1, capacity);
    this.#own?.copyRow(this.length, 0, grown, 0);
    this.#own?.destroy();
    this.#own = grown;
  }
}
