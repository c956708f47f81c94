// The words of the HTTP API's own modules: who asks, what can be asked for, and how much at once.

import type { Context } from 'hono';
import type { ModelRef, PoolId } from '../../protocol/ids.ts';
import type { Account, OwnerId } from '../ledger/owner.ts';

/** A pool as the API offers it. */
export interface ModelEntry {
  pool: PoolId;
  /** The one that whoever runs this server configured: its repository alone names it. */
  isConfigured?: boolean | undefined;
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

/** Whom a login cookie is of. */
export interface LoggedIn {
  account: Account;
  login: Login;
}

/** Whom an API key is of. */
export interface KeyHolder {
  account: Account;
  /** The key's id. */
  key: string;
}

export interface Caller {
  account?: Account | undefined;
  /** Id of the API key that was shown. */
  key?: string | undefined;
  /** The login of a person, where there is one and no key. */
  login?: Login | undefined;
  /** Who pays, and whose jobs, files and batches are shown. */
  owner: OwnerId;
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
