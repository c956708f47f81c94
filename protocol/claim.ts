// What a device signs to say which account it earns for. Page and server build the same text here. Pure.
import type { PeerId } from './ids.ts';

/**
 * The text that a peer's key signs when an account claims it. The prefix keeps it from meaning anything elsewhere; both
 * ids are in it, so that the signature serves no other account and no other peer. `account`: the account's id, not its
 * name.
 */
export const claimText = (account: string, peer: PeerId): string => `computepool-claim:${account}:${peer}`;
