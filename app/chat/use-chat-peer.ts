// A peer that asks, for the chat page.
import type { PoolRef } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { type OpenPeer, usePeer } from '../state/use-peer.ts';

export type OpenChat = OpenPeer<ChatPeer>;

async function open(pool: PoolRef): Promise<ChatPeer> {
  const { openChatPeer } = await import('../../shard-worker/index.ts');
  return openChatPeer({ pool });
}

export const useChatPeer = (pool: PoolRef | undefined): OpenChat => usePeer(pool, open);
