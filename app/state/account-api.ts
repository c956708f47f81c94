// The account routes as functions. Each throws `PoolError`; `not-logged-in` is the usual one.
import { PoolError } from '../../protocol/errors.ts';
import {
  type AccountInfo,
  type ApiKey,
  accountSchema,
  type Claim,
  type Credentials,
  doneSchema,
  keysSchema,
  type LoginEntry,
  loginsSchema,
  type NewAccount,
  type NewKey,
  newKeySchema,
  type PasswordChange,
  type PasswordReset,
  peersSchema,
  removedAccountSchema,
  webhookSecretSchema,
} from '../../protocol/http/account.ts';
import {
  type AccountJob,
  jobsSchema,
  type PeerBalance,
  peerBalanceSchema,
  type StatementPage,
  statementSchema,
} from '../../protocol/http/usage.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { callApi } from './call-api.ts';
import { mayBeLoggedIn, noteLogin } from './login-hint.ts';

const ROOT = '/api/account';

/** Asks the server only where this browser has logged in before. */
export async function readAccount(signal?: AbortSignal): Promise<AccountInfo> {
  if (!mayBeLoggedIn()) throw new PoolError('not-logged-in', 'This browser is not logged in.');
  try {
    return await callApi(ROOT, accountSchema, { signal });
  } catch (cause) {
    if (PoolError.from(cause).code === 'not-logged-in') noteLogin(false);
    throw cause;
  }
}

/** Makes the account; the answer's cookie logs in with it. */
export async function register(credentials: NewAccount): Promise<void> {
  await callApi(ROOT, accountSchema, { method: 'POST', body: credentials });
  noteLogin(true);
}

export async function logIn(credentials: Credentials): Promise<void> {
  await callApi(`${ROOT}/login`, accountSchema, { method: 'POST', body: credentials });
  noteLogin(true);
}

export async function logOut(): Promise<void> {
  await callApi(`${ROOT}/logout`, doneSchema, { method: 'POST' });
  noteLogin(false);
}

/** For what needs a recent login (`login-again`). Throws that for a wrong password. */
export async function logInAgain(password: string): Promise<void> {
  await callApi(`${ROOT}/login/again`, doneSchema, { method: 'POST', body: { password } });
}

/** Ends all other logins. */
export async function changePassword(change: PasswordChange): Promise<void> {
  await callApi(`${ROOT}/password`, doneSchema, { method: 'POST', body: change });
  // Whatever asked with the cookie of before was told that nobody is logged in.
  noteLogin(true);
}

/** By a link that the server's owner made. Throws `not-found` for one that counts no more. */
export async function resetPassword(reset: PasswordReset): Promise<void> {
  await callApi(`${ROOT}/reset`, doneSchema, { method: 'POST', body: reset });
  noteLogin(false);
}

/** Where the browser gets all that is kept of the account, as a file. */
export const EXPORT_ADDRESS = `${ROOT}/export`;

/** Deletes it for good. Gives the micros that went back to where credits come from. */
export async function removeAccount(removal: Credentials): Promise<number> {
  const { returned } = await callApi(`${ROOT}/removal`, removedAccountSchema, { method: 'POST', body: removal });
  noteLogin(false);
  return returned.micros;
}

export const readLogins = async (signal?: AbortSignal): Promise<LoginEntry[]> =>
  (await callApi(`${ROOT}/logins`, loginsSchema, { signal })).logins;

/** With `keysToo` the keys that it made are revoked. */
export async function endLogin(id: string, keysToo: boolean): Promise<void> {
  await callApi(`${ROOT}/logins/${encodeURIComponent(id)}?keysToo=${keysToo}`, doneSchema, { method: 'DELETE' });
}

/** Logs out everywhere; with `keysToo` every key of the account is revoked. */
export async function endLogins(keysToo: boolean): Promise<void> {
  await callApi(`${ROOT}/logins?keysToo=${keysToo}`, doneSchema, { method: 'DELETE' });
  noteLogin(false);
}

/** Newest first; `before` is what the page before gave as `next`. */
export function readStatement(before?: string, signal?: AbortSignal): Promise<StatementPage> {
  const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`;
  return callApi(`${ROOT}/statement${query}`, statementSchema, { signal });
}

export const readKeys = async (signal?: AbortSignal): Promise<ApiKey[]> =>
  (await callApi(`${ROOT}/keys`, keysSchema, { signal })).keys;

export const createKey = (label: string): Promise<NewKey> =>
  callApi(`${ROOT}/keys`, newKeySchema, { method: 'POST', body: { label } });

export async function revokeKey(id: string): Promise<void> {
  await callApi(`${ROOT}/keys/${encodeURIComponent(id)}`, doneSchema, { method: 'DELETE' });
}

export const rotateWebhookSecret = async (): Promise<string> =>
  (await callApi(`${ROOT}/webhook-secret`, webhookSecretSchema, { method: 'POST' })).secret;

export async function claimPeer(shown: Claim): Promise<void> {
  await callApi(`${ROOT}/peers`, peersSchema, { method: 'POST', body: shown });
}

export async function releasePeer(peer: PeerId): Promise<void> {
  await callApi(`${ROOT}/peers/${peer}`, peersSchema, { method: 'DELETE' });
}

export const readJobs = async (signal?: AbortSignal): Promise<AccountJob[]> =>
  (await callApi(`${ROOT}/jobs`, jobsSchema, { signal })).jobs;

export const readPeerBalance = (peer: PeerId, signal?: AbortSignal): Promise<PeerBalance> =>
  callApi(`/api/peers/${peer}/balance`, peerBalanceSchema, { signal });
