// The door of this package for pages: open a peer that lends a GPU, or one that asks, or look at a pool.

export { type ChatPeer, openChatPeer } from './peer/chat-peer.ts';
export { claimPeers } from './peer/claim-peers.ts';
export { openStagePeer, type StagePeer } from './peer/stage-peer.ts';
export type { Store } from './peer/store.ts';
export { type PoolWatch, watchPool } from './peer/watch-pool.ts';
export type * from './words/peer-state.ts';
