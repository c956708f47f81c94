// Opens something of the engine's door for a pool and closes it with the page. Never looks inside it.
import { useEffect, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatState, Store } from '../../shard-worker/index.ts';
import type { ShownError } from './show-error.ts';
import { useStore } from './use-store.ts';

/** What a page may open: a state to draw, and a way to end it. */
interface Closable {
  readonly state: Store<ChatState>;
  close(): void;
}

export interface OpenPeer<Peer> {
  peer?: Peer;
  state?: ChatState;
  /** Why no peer could be opened at all; failures of an open peer are in `state.error`. */
  error?: ShownError;
  /** Closes the peer and opens a new one. */
  reopen(): void;
}

/** Opens for `pool`; undefined waits. `open` imports the engine itself, so that it is loaded after the page is drawn. */
export function usePeer<Peer extends Closable>(
  pool: PoolRef | undefined,
  open: (pool: PoolRef) => Promise<Peer>,
): OpenPeer<Peer> {
  const [opened, setOpened] = useState<{ peer?: Peer; error?: ShownError }>({});
  const [attempt, setAttempt] = useState(0);
  const id = pool && poolIdOf(pool);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the pool, attempt for reopen
  useEffect(() => {
    if (!pool) return;
    let peer: Peer | undefined;
    let current = true;
    open(pool)
      .then((opened) => {
        if (!current) {
          opened.close();
          return;
        }
        peer = opened;
        setOpened({ peer });
      })
      .catch((cause: unknown) => {
        const { code, message, next } = PoolError.from(cause);
        if (current) setOpened({ error: { code, message, next } });
      });
    return () => {
      current = false;
      setOpened({});
      peer?.close();
    };
  }, [id, attempt]);

  const state = useStore(opened.peer?.state);
  return { ...opened, state, reopen: () => setAttempt((count) => count + 1) };
}
