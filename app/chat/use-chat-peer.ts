// A peer that asks, for the chat page.
import type { ModelRef } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { type OpenPeer, usePeer } from '../state/use-peer.ts';

export type OpenChat = OpenPeer<ChatPeer>;

async function open(model: ModelRef): Promise<ChatPeer> {
  const { openChatPeer } = await import('../../shard-worker/index.ts');
  return openChatPeer({ model });
}

export const useChatPeer = (model: ModelRef | undefined): OpenChat => usePeer(model, open);
