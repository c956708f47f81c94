// What the frame's window has: one conversation, which nothing is kept of, and the peer that asks. The one instance of each.
import type { PoolRef } from '../../protocol/ids.ts';
import type { ChatPeer } from '../../shard-worker/index.ts';
import { KeptPeer } from '../chat/kept-peer.ts';
import { Talk } from '../chat/talk.ts';
import { fetchPart } from '../state/fetch-part.ts';

/** Private by nature: whoever shows the frame is not whom the visitor trusts with a list of conversations. */
export const talk = new Talk({ keep: async () => {}, remember: () => {} });
talk.clear(true);

async function open(pool: PoolRef): Promise<ChatPeer> {
  const { openChatPeer } = await fetchPart(import('../../shard-worker/index.ts'));
  return openChatPeer({ pool, isPrivate: true });
}

export const embedPeer = new KeptPeer(open, () => talk.isStreaming);
