// What a device signs to say which account it earns for. Page and server build the same text here. Pure.
import type { PeerId } from './ids.ts';

/**
 * The text that a peer's key signs when an account claims it. The prefix keeps it from meaning anything elsewhere; both
 * ids are in it, and the host of the server that the page is of, so that the signature serves no other account, no other
 * peer and no other server. `account`: the account's id, not its name.
 */
export const claimText = (host: string, account: string, peer: PeerId): string =>
  `computepool-claim:2:${host}:${account}:${peer}`;
