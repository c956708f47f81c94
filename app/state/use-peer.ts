// Opens something of the engine's door for a model and closes it with the page. Never looks inside it.
import { useEffect, useState } from 'react';
import { PoolError } from '../../protocol/errors.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { ChatState, Store } from '../../shard-worker/index.ts';
import type { ShownError } from '../chat/conversation.ts';
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

/** Opens for `model`; undefined waits. `open` imports the engine itself, so that it is loaded after the page is drawn. */
export function usePeer<Peer extends Closable>(
  model: ModelRef | undefined,
  open: (model: ModelRef) => Promise<Peer>,
): OpenPeer<Peer> {
  const [opened, setOpened] = useState<{ peer?: Peer; error?: ShownError }>({});
  const [attempt, setAttempt] = useState(0);
  const pool = model && poolIdOf(model);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the pool's name stands for the model, attempt for reopen
  useEffect(() => {
    if (!model) return;
    let peer: Peer | undefined;
    let current = true;
    open(model)
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
  }, [pool, attempt]);

  const state = useStore(opened.peer?.state);
  return { ...opened, state, reopen: () => setAttempt((count) => count + 1) };
}
