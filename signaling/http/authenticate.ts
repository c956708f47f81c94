// Who makes a request: the owner of the API key in `Authorization`, else of the session cookie. Reads accounts, writes
// nothing, and trusts a cookie only for requests that a page of this site made or that change nothing.
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { PoolError } from '../../protocol/errors.ts';
import type { Account, Accounts } from '../accounts/account-types.ts';
import type { OwnerId } from '../ledger/ledger-types.ts';
import type { Authenticate } from './api-types.ts';
import { isSameOrigin } from './same-origin.ts';

export const SESSION_COOKIE = 'cp_session';

/** Longer than any key or token that was ever made. */
const MAX_TOKEN_CHARS = 200;

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/**
 * @example
 * const { owner } = await createAuthenticate(accounts)(c);
 */
export function createAuthenticate(accounts: Pick<Accounts, 'byKey' | 'bySession'>): Authenticate {
  return async (c) => {
    const account = await findAccount(accounts, c);
    return { account, owner: `account:${account.id}` satisfies OwnerId };
  };
}

async function findAccount(accounts: Pick<Accounts, 'byKey' | 'bySession'>, c: Context): Promise<Account> {
  const header = c.req.header('authorization');
  if (header !== undefined) {
    // A key that is wrong must not fall back to the cookie beside it: the caller meant the key.
    const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const account = key && key.length <= MAX_TOKEN_CHARS ? await accounts.byKey(key) : undefined;
    if (!account) throw new PoolError('not-logged-in', 'This API key is not known or was revoked.');
    return account;
  }
  const token = sessionToken(c);
  const account = token && (await accounts.bySession(token));
  if (!account) throw new PoolError('not-logged-in', 'This needs an API key or a login.');
  if (!isSafe(c.req.method) && !isSameOrigin(c.req.raw.headers)) {
    throw new PoolError('forbidden', 'A login counts only for requests that a page of this site makes.');
  }
  return account;
}

/** The session cookie's value, if it could be one. */
export function sessionToken(c: Context): string | undefined {
  const token = getCookie(c, SESSION_COOKIE);
  return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
}
