// The answer that each peer of this browser has under way, in IndexedDB: there while it runs, so that a page that is opened again goes
// on with it, and gone when it is over. Where a browser has no storage nothing is kept.
import type { PeerId } from '../../protocol/ids.ts';
import { type Unfinished, unfinishedSchema } from '../words/unfinished.ts';
import { done, within, withStore } from './browser-store.ts';

const PLACE = { database: 'computepool-unfinished', store: 'answers' };
/** The server waits for a page that is gone as long. */
const KEPT_MS = 60_000;

export interface UnfinishedShelf {
  /** Undefined where nothing is kept, or nothing that is still worth going on with. Never rejects. */
  read(peer: PeerId): Promise<Unfinished | undefined>;
  /** Undefined: it is over. Never rejects. */
  write(peer: PeerId, unfinished: Unfinished | undefined): Promise<void>;
}

/** Keeps nothing. */
export const EMPTY_SHELF: UnfinishedShelf = { read: async () => undefined, write: async () => {} };

export class BrowserShelf implements UnfinishedShelf {
  readonly #indexedDB: () => Pick<IDBFactory, 'open'> | undefined;
  readonly #now: () => number;
  /** One at a time, in their order. */
  #writing: Promise<unknown> = Promise.resolve();

  /** Private windows throw at the mere look at it. */
  constructor(indexedDB: () => Pick<IDBFactory, 'open'> | undefined, now: () => number = () => Date.now()) {
    this.#indexedDB = indexedDB;
    this.#now = now;
  }

  async read(peer: PeerId): Promise<Unfinished | undefined> {
    const kept = await this.#work((store) => done<unknown>(store('readonly').get(peer)));
    const left = this.#fresh(kept);
    if (!left) await this.#sweep();
    return left;
  }

  #fresh(kept: unknown): Unfinished | undefined {
    const read = unfinishedSchema.safeParse(kept);
    return read.success && this.#now() - read.data.at < KEPT_MS ? read.data : undefined;
  }

  /** What nobody came back for, of any peer: keys that live as long as a tab leave theirs behind. */
  async #sweep(): Promise<void> {
    const keys = (await this.#work((store) => done(store('readonly').getAllKeys()))) ?? [];
    for (const key of keys) {
      const kept = await this.#work((store) => done<unknown>(store('readonly').get(key)));
      if (!this.#fresh(kept)) await this.#work<unknown>((store) => done(store('readwrite').delete(key)));
    }
  }

  write(peer: PeerId, unfinished: Unfinished | undefined): Promise<void> {
    const written = this.#writing.then(async () => {
      await this.#work<unknown>((store) => {
        const answers = store('readwrite');
        return unfinished ? done(answers.put(unfinished, peer)) : done(answers.delete(peer));
      });
    });
    this.#writing = written;
    return written;
  }

  async #work<Value>(
    work: (store: (mode: IDBTransactionMode) => IDBObjectStore) => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      const indexedDB = this.#indexedDB();
      return indexedDB && (await within(withStore(indexedDB, PLACE, work)));
    } catch {
      return undefined;
    }
  }
}
