// The peer that asks for this window. It is closed when its page has gone, but not before an answer that runs over it has ended.
import { PoolError } from '../../protocol/errors.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { ShownError } from '../state/show-error.ts';

export interface OpenedPeer<Peer> {
  peer?: Peer;
  /** Why no peer could be opened at all; failures of an open peer are in its own state. */
  error?: ShownError;
}

const LOOK_MS = 1000;

export class KeptPeer<Peer extends { close(): void }> {
  readonly state = new ValueStore<OpenedPeer<Peer>>({});
  readonly #open: (pool: PoolRef) => Promise<Peer>;
  readonly #isBusy: () => boolean;
  #pool: PoolRef | undefined;
  #attempt = 0;
  #closing: ReturnType<typeof setInterval> | undefined;

  /** `isBusy`: something runs over it. */
  constructor(open: (pool: PoolRef) => Promise<Peer>, isBusy: () => boolean) {
    this.#open = open;
    this.#isBusy = isBusy;
  }

  /** A page wants to ask this pool. */
  hold(pool: PoolRef): void {
    clearInterval(this.#closing);
    if (this.#pool && poolIdOf(this.#pool) === poolIdOf(pool)) return;
    this.#end();
    this.#begin(pool);
  }

  /** The page has gone. */
  release(): void {
    clearInterval(this.#closing);
    this.#closing = setInterval(() => {
      if (this.#isBusy()) return;
      clearInterval(this.#closing);
      this.#end();
    }, LOOK_MS);
  }

  readonly reopen = (): void => {
    const pool = this.#pool;
    if (!pool) return;
    this.#end();
    this.#begin(pool);
  };

  #begin(pool: PoolRef): void {
    this.#pool = pool;
    const attempt = ++this.#attempt;
    this.#open(pool).then(
      (peer) => {
        if (attempt === this.#attempt) this.state.set({ peer });
        else peer.close();
      },
      (cause: unknown) => {
        const { code, message, next } = PoolError.from(cause);
        if (attempt === this.#attempt) this.state.set({ error: { code, message, next } });
      },
    );
  }

  #end(): void {
    this.#attempt++;
    this.#pool = undefined;
    this.state.get().peer?.close();
    this.state.set({});
  }
}
