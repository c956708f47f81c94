// The words of accounts: people and programs that own keys, peers and a balance. No table, no HTTP.
import type { PoolError } from '../../protocol/errors.ts';
import type { Claim, Credentials, PasswordChange, PasswordReset } from '../../protocol/http/account.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Confirm, KeyHolder, LoggedIn } from '../http/api-types.ts';
import type { Account, AccountId } from '../ledger/owner.ts';

export interface ApiKeyInfo {
  id: string;
  label: string;
  /** The first characters of the key, to tell keys apart. */
  prefix: string;
  createdAt: Date;
  lastUsedAt?: Date | undefined;
}

/** A login as its account lists it. */
export interface LoginInfo {
  id: string;
  /** A few words of ours, e.g. "Firefox on Linux". */
  device: string;
  createdAt: Date;
  /** To the minute. */
  lastSeenAt: Date;
}

/** Who asks for a change: what was let in by a login counts only while that does. */
export interface Asker {
  /** Id of the login. */
  login: string;
  confirm: Confirm;
}

/** Whether keys are revoked with what ends. */
interface Ending {
  keysToo?: boolean | undefined;
}

/** Where a password comes from: addresses take turns when it is checked. */
type Place = string;

/**
 * Whether an account may be opened now; throws why not. Asked twice: before the password is hashed, and within the transaction that
 * writes the account, where a code is used up.
 */
export type AdmitAccount = (invite: string | undefined, transaction?: Database) => Promise<void>;

/** A peer that is banned, as it is kept. */
export interface KeptPeerBan {
  peer: PeerId;
  reason: string;
  bannedAt: Date;
}

export interface Accounts {
  /**
   * Throws `bad-request` (name or password does not fit), `conflict` (name taken), or what `admit` does.
   *
   * @param admit anybody is, where nothing is given.
   */
  register(entry: Credentials, place?: Place, admit?: (transaction?: Database) => Promise<void>): Promise<Account>;
  /**
   * `device`: words for the browser. Throws `not-logged-in`, the same sentence for an unknown name and a wrong password,
   * after the same time.
   */
  logIn(
    entry: Credentials,
    from?: { device?: string; place?: Place | undefined },
  ): Promise<{ account: Account; token: string; expiresAt: Date }>;
  logOut(token: string): Promise<void>;
  /** Whom the token of a cookie is of, if it is still good. Notes when it was last seen, at most once a minute. */
  byLogin(token: string): Promise<LoggedIn | undefined>;
  /** The login is recent again. Throws `login-again` for a wrong password. */
  proveLogin(account: AccountId, asker: Asker, password: string, place?: Place): Promise<void>;
  /**
   * Ends all other logins and gives this one another token; with `keysToo` every key of the account is revoked, too. Throws
   * `login-again` for a wrong old password, `bad-request` for a new one that does not fit.
   */
  changePassword(
    account: AccountId,
    asker: Asker,
    change: PasswordChange,
    place?: Place,
  ): Promise<{ token: string; expiresAt: Date; revoked: string[] }>;
  /** Those that are still good, the last seen first. */
  listLogins(account: AccountId): Promise<LoginInfo[]>;
  /** With `keysToo` the keys that it made are revoked; resolves to their ids. Throws `not-found` for another account's. */
  endLogin(account: AccountId, login: string, ending?: Ending, asker?: Asker): Promise<string[]>;
  /** All of them; with `keysToo` every key of the account is revoked. Resolves to their ids. */
  endLogins(account: AccountId, ending?: Ending, asker?: Asker): Promise<string[]>;
  /** Whom an API key is of, if it was not revoked. Notes when it was last used, at most once a minute. */
  byKey(key: string): Promise<KeyHolder | undefined>;
  /**
   * `key` is shown this once; the database has its hash. Throws `conflict` at the most keys of an account, and as all that
   * takes an asker `not-logged-in` where its login has ended.
   */
  createKey(account: AccountId, label: string, asker?: Asker): Promise<ApiKeyInfo & { key: string }>;
  listKeys(account: AccountId): Promise<ApiKeyInfo[]>;
  /** Throws `not-found` for another account's key. */
  revokeKey(account: AccountId, id: string, asker?: Asker): Promise<void>;
  /** `signature`: by the peer's key over `claimText`; whose host it names is the caller's to check. Throws `not-authentic`, or `conflict` if another account owns it. */
  claimPeer(account: AccountId, shown: Claim, asker?: Asker): Promise<PeerId>;
  releasePeer(account: AccountId, peer: PeerId, asker?: Asker): Promise<void>;
  peersOf(account: AccountId): Promise<PeerId[]>;
  ownerOf(peer: PeerId): Promise<AccountId | undefined>;
  /** From now on its logins, keys and peers are refused with `banned`. Throws `not-found`. */
  banAccount(account: AccountId, reason: string): Promise<void>;
  /** Throws `not-found`. */
  unbanAccount(account: AccountId): Promise<void>;
  banPeer(peer: PeerId, reason: string): Promise<void>;
  /** Throws `not-found`. */
  unbanPeer(peer: PeerId): Promise<void>;
  /** What a peer is told that is banned, itself or with its account. */
  peerBan(peer: PeerId): Promise<PoolError | undefined>;
  /** The last that were banned first. */
  listBannedPeers(page: { limit: number; before?: Date | undefined }): Promise<KeptPeerBan[]>;
  /** What a link for a new password carries; one that was made before counts no more. Throws `not-found`. */
  makeReset(account: AccountId): Promise<{ token: string; expiresAt: Date }>;
  /**
   * Ends every login; resolves to the ids of the keys that were revoked. Throws `bad-request` for a password that does not fit and
   * `not-found` for a link that counts no more.
   */
  resetPassword(reset: PasswordReset, place?: Place): Promise<string[]>;
  /**
   * Deletes it for good; resolves to the micros that went back to the issuer. Throws `bad-request` for another name, `login-again`
   * for a wrong password and `conflict` while requests of it run.
   *
   * @param rest `erase`: what others keep of it, in the same transaction.
   */
  remove(
    account: Account,
    asker: Asker,
    shown: Credentials,
    rest: { place?: Place | undefined; erase(transaction: Database): Promise<void> },
  ): Promise<number>;
}
