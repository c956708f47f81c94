// The words of the HTTP API's own modules: who asks, what can be asked for, and how much at once.

import type { Context } from 'hono';
import type { ModelRef, PoolId } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import type { Account, OwnerId } from '../ledger/owner.ts';

/** A pool as the API offers it. */
export interface ModelEntry {
  pool: PoolId;
  /** The one that whoever runs this server configured: its repository alone names it. */
  isConfigured?: boolean | undefined;
  /** Its operators are paid in USDC, and its micros are pico-dollars. */
  isMarket?: boolean | undefined;
  model: ModelRef;
  createdAt: Date;
  /** Most positions of a session, where the manifest is known. */
  contextTokens?: number | undefined;
  /** Changes when the answers may: the manifest's digest, for example. Part of `system_fingerprint`. */
  version?: string | undefined;
}

/** A login as requests are checked against it. The cookie's token is not in it. */
export interface Login {
  id: string;
  /** When its browser last showed the password. */
  provedAt: Date;
}

/**
 * Whether what a request showed still counts: a request may take minutes to come in, and its login or key may end meanwhile.
 * Throws `not-logged-in`. Within a transaction nothing can end it before the transaction does: what is written there was
 * allowed, and whoever ends it afterwards finds what it made.
 */
export type Confirm = (transaction?: Database) => Promise<void>;

/** Whom a login cookie is of. */
export interface LoggedIn {
  account: Account;
  login: Login;
  /** By the very token: a new password gives the login another one. */
  confirm: Confirm;
}

/** Whom an API key is of. */
export interface KeyHolder {
  account: Account;
  /** The key's id. */
  key: string;
  confirm: Confirm;
}

export interface Caller {
  account?: Account | undefined;
  /** Id of the API key that was shown. */
  key?: string | undefined;
  /** The login of a person, where there is one and no key. */
  login?: Login | undefined;
  /** Who pays, and whose jobs, files and batches are shown. */
  owner: OwnerId;
  /** For whatever is written for it and outlasts the request. */
  confirm: Confirm;
}

/** Throws `not-logged-in`, or `forbidden` for a cookie that another site made the browser send. */
export type Authenticate = (c: Context) => Promise<Caller>;

export interface ApiLimits {
  /** Bytes of a JSON body. */
  bodyBytes: number;
  /** Nested arrays and objects of a JSON body. A chat with content parts needs 4. */
  jsonDepth: number;
  /** Highest `max_tokens`. */
  maxTokens: number;
  /** `max_tokens` of a chat that names none: what is held for it must be affordable. */
  defaultMaxTokens: number;
  /** Silence after which a stream sends a comment, so that proxies keep it open. */
  keepAliveMs: number;
}

export const API_LIMITS: ApiLimits = {
  bodyBytes: 1024 * 1024,
  jsonDepth: 32,
  maxTokens: 32_768,
  defaultMaxTokens: 1024,
  keepAliveMs: 15_000,
};
