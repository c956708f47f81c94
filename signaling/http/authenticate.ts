// Who makes a request. Below /v1 the owner of the API key in `Authorization`, else of the login cookie; below /api the login
// alone. Reads accounts, writes nothing, and trusts a cookie only for requests that a page of this site made or that change
// nothing.
import type { Context } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { accountOwner } from '../ledger/owner.ts';
import type { Authenticate, Caller, KeyHolder, LoggedIn } from './api-types.ts';
import { loginCookie } from './login-cookie.ts';
import { originOf, senderOf } from './same-origin.ts';

/** Longer than any key that was ever made. */
const MAX_KEY_CHARS = 200;

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** Where keys and logins are looked up. */
export interface CallerDirectory {
  byKey(key: string): Promise<KeyHolder | undefined>;
  byLogin(token: string): Promise<LoggedIn | undefined>;
}

/**
 * Resolves each request's caller once, whoever asks and however often. `publicUrl`: where people reach the site. `ofSession`: whom
 * the key of a paid session is of; undefined for another kind of key.
 *
 * @example
 * const authenticate = createAuthenticate(accounts);
 * const { owner } = await authenticate(c);
 */
export function createAuthenticate(
  accounts: CallerDirectory,
  publicUrl?: string,
  ofSession: (key: string) => Promise<Caller> | undefined = () => undefined,
): Authenticate {
  const findLogin = loginFinder(accounts, publicUrl);
  return once(async (c) => {
    // A key that is wrong must not fall back to the cookie beside it: the caller meant the key.
    if (!sendsKey(c)) return findLogin(c);
    const key = shownKey(c);
    const paid = key === undefined ? undefined : ofSession(key);
    if (paid) return paid;
    const holder = key === undefined ? undefined : await accounts.byKey(key);
    if (!holder) throw new PoolError('not-logged-in', 'This API key is not known or was revoked.');
    return { ...holder, owner: accountOwner(holder.account.id) };
  });
}

/** The same for what only a person may do: a key is refused (`login-required`) before anybody looks it up. */
export function createLoginAuthenticate(accounts: CallerDirectory, publicUrl?: string): Authenticate {
  const findLogin = loginFinder(accounts, publicUrl);
  return once(async (c) => {
    if (sendsKey(c)) throw new PoolError('login-required', 'An API key reaches /v1 only.');
    return findLogin(c);
  });
}

function loginFinder(accounts: CallerDirectory, publicUrl: string | undefined): Authenticate {
  const own = originOf(publicUrl);
  const cookie = loginCookie(publicUrl);
  return async (c) => {
    const token = cookie.read(c);
    const login = token && (await accounts.byLogin(token));
    if (!login) throw new PoolError('not-logged-in', 'This needs somebody who is logged in.');
    if (!isSafe(c.req.method) && senderOf(c.req.raw.headers, own) !== 'own') {
      const sentence =
        'A login counts only for requests that a page of this site makes: they send its address as Origin.';
      throw new PoolError('forbidden', sentence);
    }
    return { ...login, owner: accountOwner(login.account.id) };
  };
}

function once(find: Authenticate): Authenticate {
  const known = new WeakMap<Request, Promise<Caller>>();
  return (c) => {
    const before = known.get(c.req.raw);
    if (before) return before;
    const caller = find(c);
    // Whoever asks hears of a refusal; that nobody may have asked yet is no failure.
    caller.catch(() => {});
    known.set(c.req.raw, caller);
    return caller;
  };
}

const sendsKey = (c: Context): boolean => c.req.header('authorization') !== undefined;

/** The key that a request shows, if it could be one. */
export function shownKey(c: Context): string | undefined {
  const key = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return key && key.length <= MAX_KEY_CHARS ? key : undefined;
}
