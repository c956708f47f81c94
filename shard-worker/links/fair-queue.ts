// Work of many sessions on one model: first in, first out within a session, in turn across sessions, so that one long
// prefill cannot starve the others; and who asks at their own device goes first, within bounds. Pure; bounded.
import { PoolError } from '../../protocol/errors.ts';

/** Own sessions have so many turns in a row while others wait; then one of the others has its turn. */
const OWN_TURNS_IN_A_ROW = 3;

type Turns<Item> = Map<string, Item[]>;

export class FairQueue<Item> {
  readonly #own: Turns<Item> = new Map();
  readonly #others: Turns<Item> = new Map();
  readonly #limit: number;
  #size = 0;
  #ownInARow = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `sessions-full` at the limit. A session keeps its class until it has nothing queued, so its order stays. */
  push(key: string, item: Item, isOwn = false): void {
    if (this.#size >= this.#limit)
      throw new PoolError('sessions-full', 'The stage has more work queued than it may hold.');
    const queue = this.#own.get(key) ?? this.#others.get(key);
    if (queue) queue.push(item);
    else (isOwn ? this.#own : this.#others).set(key, [item]);
    this.#size++;
  }

  /** The next item; its session then goes to the end of its class's turn. */
  shift(): Item | undefined {
    const othersTurn = this.#others.size > 0 && this.#ownInARow >= OWN_TURNS_IN_A_ROW;
    const isOwn = this.#own.size > 0 && !othersTurn;
    this.#ownInARow = isOwn ? this.#ownInARow + 1 : 0;
    const turns = isOwn ? this.#own : this.#others;
    const first = turns.entries().next();
    if (first.done) return undefined;
    const [key, queue] = first.value;
    const item = queue.shift();
    turns.delete(key);
    if (queue.length > 0) turns.set(key, queue);
    this.#size--;
    return item;
  }

  /**
   * Up to `limit` items that fit, each the next of another session than `except` and than each other, in the order of their
   * turns. They ride along with the turn of another and so wait for nobody: the turns of those who are passed over stay.
   */
  gather(limit: number, except: string, fits: (item: Item) => boolean): Item[] {
    const gathered: Item[] = [];
    for (const turns of [this.#own, this.#others]) {
      // A copy: who rides along goes to the end of the turns meanwhile.
      for (const [key, queue] of [...turns]) {
        if (gathered.length >= limit) return gathered;
        if (key === except || !fits(queue[0]!)) continue;
        gathered.push(queue.shift()!);
        turns.delete(key);
        if (queue.length > 0) turns.set(key, queue);
        this.#size--;
      }
    }
    return gathered;
  }

  /** Takes out everything of one session. */
  drop(key: string): void {
    for (const turns of [this.#own, this.#others]) {
      this.#size -= turns.get(key)?.length ?? 0;
      turns.delete(key);
    }
  }
}
