// Who pays: an account, a peer that no account has claimed, or a paid session, which has no balance of credits. The one place that
// makes and reads their names.
import { type PeerId, peerIdSchema } from '../../protocol/ids.ts';

export type AccountId = string & { readonly __brand: 'AccountId' };

/** A person or program that owns keys, peers and a balance. */
export interface Account {
  id: AccountId;
  name: string;
  createdAt: Date;
}

/** `account:…`, `peer:…` or `paid:…`, as rows and logs have it. */
export type OwnerId = string & { readonly __brand: 'OwnerId' };

export type Owner =
  | { kind: 'account'; account: AccountId }
  | { kind: 'peer'; peer: PeerId }
  | { kind: 'paid'; session: `0x${string}` };

export const accountOwner = (account: AccountId): OwnerId => `account:${account}` as OwnerId;

export const peerOwner = (peer: PeerId): OwnerId => `peer:${peer}` as OwnerId;

export const paidOwner = (session: `0x${string}`): OwnerId => `paid:${session}` as OwnerId;

/** A peer earns and pays for the account that claimed it, else for itself. */
export const ownerOfPeer = (peer: PeerId, account: AccountId | undefined): OwnerId =>
  account === undefined ? peerOwner(peer) : accountOwner(account);

/** Throws on what is no owner's name: nothing but the functions above makes one. */
export function readOwner(owner: OwnerId): Owner {
  const [, kind, id = ''] = /^(account|peer|paid):(.+)$/s.exec(owner) ?? [];
  if (kind === 'account') return { kind, account: id as AccountId };
  if (kind === 'peer' && peerIdSchema.safeParse(id).success) return { kind, peer: id as PeerId };
  if (kind === 'paid') return { kind, session: id as `0x${string}` };
  throw new Error(`${owner} is nobody's name.`);
}
