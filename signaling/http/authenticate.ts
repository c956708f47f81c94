// Who makes a request: the owner of the API key in `Authorization`, else of the session cookie. Reads accounts, writes
// nothing, and trusts a cookie only for requests that a page of this site made or that change nothing.
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { PoolError } from '../../protocol/errors.ts';
import { type Account, accountOwner } from '../ledger/owner.ts';
import type { Authenticate, Caller } from './api-types.ts';
import { originOf, senderOf } from './same-origin.ts';

export const LOGIN_COOKIE = 'cp_session';

/** Longer than any key or token that was ever made. */
const MAX_TOKEN_CHARS = 200;

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Where keys and logins are looked up. */
export interface CallerDirectory {
  byKey(key: string): Promise<Account | undefined>;
  byLogin(token: string): Promise<Account | undefined>;
}

/**
 * Resolves each request's caller once, whoever asks and however often. `publicUrl`: where people reach the site.
 *
 * @example
 * const authenticate = createAuthenticate(accounts);
 * const { owner } = await authenticate(c);
 */
export function createAuthenticate(accounts: CallerDirectory, publicUrl?: string): Authenticate {
  const own = originOf(publicUrl);
  const known = new WeakMap<Request, Promise<Caller>>();
  return (c) => {
    const before = known.get(c.req.raw);
    if (before) return before;
    const caller = findAccount(accounts, c, own).then((account) => ({ account, owner: accountOwner(account.id) }));
    // Whoever asks hears of a refusal; that nobody may have asked yet is no failure.
    caller.catch(() => {});
    known.set(c.req.raw, caller);
    return caller;
  };
}

async function findAccount(accounts: CallerDirectory, c: Context, own: string | undefined): Promise<Account> {
  const header = c.req.header('authorization');
  if (header !== undefined) {
    // A key that is wrong must not fall back to the cookie beside it: the caller meant the key.
    const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const account = key && key.length <= MAX_TOKEN_CHARS ? await accounts.byKey(key) : undefined;
    if (!account) throw new PoolError('not-logged-in', 'This API key is not known or was revoked.');
    return account;
  }
  const token = loginToken(c);
  const account = token && (await accounts.byLogin(token));
  if (!account) throw new PoolError('not-logged-in', 'This needs an API key or a login.');
  if (!isSafe(c.req.method) && senderOf(c.req.raw.headers, own) !== 'own') {
    throw new PoolError('forbidden', 'A login counts only for requests that a page of this site makes.');
  }
  return account;
}

/** The session cookie's value, if it could be one. */
export function loginToken(c: Context): string | undefined {
  const token = getCookie(c, LOGIN_COOKIE);
  return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
}

/** Whether a request names anybody at all: most that only read do not. */
export const hasCredentials = (c: Context): boolean =>
  c.req.header('authorization') !== undefined || loginToken(c) !== undefined;
