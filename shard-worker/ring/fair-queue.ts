// Work of many sessions on one model: first in, first out within a session, in turn across sessions, so that one long
// prefill cannot starve the others. Pure; bounded.
import { PoolError } from '../../protocol/errors.ts';

export class FairQueue<Item> {
  readonly #queues = new Map<string, Item[]>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `sessions-full` at the limit. */
  push(key: string, item: Item): void {
    if (this.#size >= this.#limit)
      throw new PoolError('sessions-full', 'The stage has more work queued than it may hold.');
    const queue = this.#queues.get(key);
    if (queue) queue.push(item);
    else this.#queues.set(key, [item]);
    this.#size++;
  }

  /** The next item; its session then goes to the end of the turn. */
  shift(): Item | undefined {
    const first = this.#queues.entries().next();
    if (first.done) return undefined;
    const [key, queue] = first.value;
    const item = queue.shift();
    this.#queues.delete(key);
    if (queue.length > 0) this.#queues.set(key, queue);
    this.#size--;
    return item;
  }

  /** Takes out everything of one session. */
  drop(key: string): void {
    this.#size -= this.#queues.get(key)?.length ?? 0;
    this.#queues.delete(key);
  }
}
