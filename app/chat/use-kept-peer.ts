// A window's asking peer, for a page: opened while the page is there, with its state.
import { useEffect, useSyncExternalStore } from 'react';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatPeer, ChatState } from '../../shard-worker/index.ts';
import { useStore } from '../state/use-store.ts';
import type { KeptPeer, OpenedPeer } from './kept-peer.ts';

interface KeptChat extends OpenedPeer<ChatPeer> {
  state?: ChatState | undefined;
  /** Closes the peer and opens a new one. */
  reopen(): void;
}

/** Opens for `pool`; undefined waits. The engine is loaded after the page is drawn. */
export function useKeptPeer(kept: KeptPeer<ChatPeer>, pool: PoolRef | undefined): KeptChat {
  const id = pool && poolIdOf(pool);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the pool
  useEffect(() => {
    if (!pool) return;
    kept.hold(pool);
    return () => kept.release();
  }, [id]);
  const opened = useSyncExternalStore(kept.state.subscribe, kept.state.get, kept.state.get);
  const state = useStore(opened.peer?.state);
  return { ...opened, state, reopen: kept.reopen };
}
