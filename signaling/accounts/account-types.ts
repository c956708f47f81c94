// The words of accounts: people and programs that own keys, peers and a balance. No table, no HTTP.
import type { Claim, Credentials } from '../../protocol/http/account.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Account, AccountId } from '../ledger/owner.ts';

export interface ApiKeyInfo {
  id: string;
  label: string;
  /** The first characters of the key, to tell keys apart. */
  prefix: string;
  createdAt: Date;
  lastUsedAt?: Date | undefined;
}

export interface Accounts {
  /** Throws `bad-request` (name or password does not fit) or `conflict` (name taken). */
  register(entry: Credentials): Promise<Account>;
  /** Throws `not-logged-in`, the same sentence for an unknown name and a wrong password, after the same time. */
  logIn(entry: Credentials): Promise<{ account: Account; token: string; expiresAt: Date }>;
  logOut(token: string): Promise<void>;
  /** The account of a session token (cookie), if it is still good. */
  byLogin(token: string): Promise<Account | undefined>;
  /** The account of an API key, if it was not revoked. Notes when it was last used, at most once a minute. */
  byKey(key: string): Promise<Account | undefined>;
  /** `key` is shown this once; the database has its hash. Throws `conflict` at the most keys of an account. */
  createKey(account: AccountId, label: string): Promise<ApiKeyInfo & { key: string }>;
  listKeys(account: AccountId): Promise<ApiKeyInfo[]>;
  /** Throws `not-found` for another account's key. */
  revokeKey(account: AccountId, id: string): Promise<void>;
  /** `signature`: by the peer's key over `claimText(account, peer)`. Throws `not-authentic`, or `conflict` if another account owns it. */
  claimPeer(account: AccountId, shown: Claim): Promise<PeerId>;
  releasePeer(account: AccountId, peer: PeerId): Promise<void>;
  peersOf(account: AccountId): Promise<PeerId[]>;
  ownerOf(peer: PeerId): Promise<AccountId | undefined>;
}
