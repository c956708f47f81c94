// The door of this package for pages: open a peer that lends a GPU, or one that asks. Gives peers the browser as their host. Whoever
// only looks at a pool takes the small one, watch.ts.
import { browserHost } from './host/browser-host.ts';
import * as chat from './peer/chat-peer.ts';
import * as claim from './peer/claim-peers.ts';
import * as stage from './peer/stage-peer.ts';

export type { Store } from '../protocol/value-store.ts';
export type { ChatPeer } from './peer/chat-peer.ts';
export type { StagePeer } from './peer/stage-peer.ts';
export type { PoolWatch } from './peer/watch-pool.ts';
export type * from './words/peer-state.ts';

/**
 * Lends this tab.
 *
 * @example
 * const peer = openStagePeer({ pool: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } });
 * peer.state.subscribe(() => console.log(peer.state.get().phase));
 */
export const openStagePeer = (options: stage.StagePeerOptions): stage.StagePeer =>
  stage.openStagePeer(browserHost, options);

/**
 * Watches a pool and asks it.
 *
 * @example
 * const peer = openChatPeer({ pool: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } });
 * const answer = await peer.ask({ messages: [{ role: 'user', content: 'How do I join?' }] }, { onText: console.log });
 */
export const openChatPeer = (options: chat.ChatPeerOptions): chat.ChatPeer => chat.openChatPeer(browserHost, options);

/**
 * Proves for each peer that this browser keeps that it earns for an account.
 *
 * @example
 * for (const proof of await claimPeers('acc_1')) {
 *   const headers = { 'Content-Type': 'application/json' };
 *   await fetch('/api/account/peers', { method: 'POST', headers, body: JSON.stringify(proof) });
 * }
 */
export const claimPeers = (accountId: string): Promise<{ host: string; publicKey: string; signature: string }[]> =>
  claim.claimPeers(browserHost, accountId);
