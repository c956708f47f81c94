// A peer that asks, for the chat page.
import type { ModelRef } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { type OpenPeer, usePeer } from './use-peer.ts';

export type OpenChat = OpenPeer<ChatPeer>;

export const useChatPeer = (model: ModelRef | undefined): OpenChat =>
  usePeer(model, (engine, wanted) => engine.openChatPeer({ model: wanted }));
