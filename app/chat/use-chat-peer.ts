// The window's asking peer, for the chat page.
import { useEffect, useSyncExternalStore } from 'react';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import type { ChatPeer, ChatState } from '../../shard-worker/index.ts';
import { useStore } from '../state/use-store.ts';
import type { OpenedPeer } from './kept-peer.ts';
import { chatPeer } from './window-talk.ts';

export interface OpenChat extends OpenedPeer<ChatPeer> {
  state?: ChatState | undefined;
  /** Closes the peer and opens a new one. */
  reopen(): void;
}

/** Opens for `pool`; undefined waits. The engine is loaded after the page is drawn. */
export function useChatPeer(pool: PoolRef | undefined): OpenChat {
  const id = pool && poolIdOf(pool);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the pool
  useEffect(() => {
    if (!pool) return;
    chatPeer.hold(pool);
    return () => chatPeer.release();
  }, [id]);
  const opened = useSyncExternalStore(chatPeer.state.subscribe, chatPeer.state.get, chatPeer.state.get);
  const state = useStore(opened.peer?.state);
  return { ...opened, state, reopen: chatPeer.reopen };
}
