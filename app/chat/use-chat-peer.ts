// The window's asking peer, for the chat page. Nobody asks before touching the page: until then the pool is only watched, and the
// engine with its worker and the model's tokenizer is not loaded.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { type PoolRef, poolIdOf } from '../../protocol/pool-id.ts';
import type { ChatPeer, ChatState } from '../../shard-worker/index.ts';
import { openWatch } from '../state/open-watch.ts';
import { usePeer } from '../state/use-peer.ts';
import { useStore } from '../state/use-store.ts';
import type { OpenedPeer } from './kept-peer.ts';
import { hasCaughtUp, shownBefore } from './shown-chat.ts';
import { chatPeer } from './window-talk.ts';

export interface OpenChat extends OpenedPeer<ChatPeer> {
  state?: ChatState | undefined;
  /** A coalition would answer this peer now: what was only watched does not count. */
  isReady: boolean;
  /** Closes the peer and opens a new one. */
  reopen(): void;
}

/** Longer than it takes to link to a coalition that is there. */
const CATCH_UP_MS = 10_000;

/** For `pool`; undefined waits. Once wanted the peer stays open with its page. */
export function useChatPeer(pool: PoolRef | undefined, isWanted: boolean): OpenChat {
  const id = pool && poolIdOf(pool);
  const [isHeld, setHeld] = useState(() => isWanted || chatPeer.state.get().peer !== undefined);
  if (isWanted && !isHeld) setHeld(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the id stands for the pool
  useEffect(() => {
    if (!pool || !isHeld) return;
    chatPeer.hold(pool);
    return () => chatPeer.release();
  }, [id, isHeld]);
  const opened = useSyncExternalStore(chatPeer.state.subscribe, chatPeer.state.get, chatPeer.state.get);
  const { peer } = opened;
  const own = useStore(peer?.state);
  const [known, setKnown] = useState<ChatPeer>();
  const isAlone = peer !== undefined && known === peer;
  const { state: watched } = usePeer(isAlone ? undefined : pool, openWatch);
  const isCaughtUp = own !== undefined && hasCaughtUp(own, watched);
  useEffect(() => {
    if (!peer || isAlone) return;
    const timer = setTimeout(() => setKnown(peer), isCaughtUp ? 0 : CATCH_UP_MS);
    return () => clearTimeout(timer);
  }, [peer, isAlone, isCaughtUp]);
  return {
    ...opened,
    state: isAlone ? own : shownBefore(own, watched),
    isReady: own?.phase === 'ready',
    reopen: chatPeer.reopen,
  };
}
