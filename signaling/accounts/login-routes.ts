// The routes of /api/account with which a person logs in and out, and minds the logins of an account. Cookies are set here and
// nowhere else.
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Credentials } from '../../protocol/http/account.ts';
import { addressKey, clientAddress, incomingOf } from '../http/client-address.ts';
import { loginCookie } from '../http/login-cookie.ts';
import type { CallerEnv } from '../http/require-caller.ts';
import { requireRecentLogin } from '../http/require-recent-login.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { accountOwner } from '../ledger/owner.ts';
import type { Accounts, AdmitAccount } from './account-types.ts';
import { describeAccount } from './describe-account.ts';
import { loginJson } from './describe-rows.ts';
import * as routes from './login-route-table.ts';
import { nameDevice } from './name-device.ts';
import { personOf } from './person-of.ts';

export interface LoginRoutesOptions {
  accounts: Accounts;
  ledger: Pick<Ledger, 'balanceOf' | 'welcome'>;
  /** Ends what the API keys with these ids, which are revoked, have started and what would go on for long. */
  endWorkOf(keys: readonly string[]): Promise<void>;
  /** Whether an account may be opened now; undefined: always. */
  admit?: AdmitAccount | undefined;
  /** Proxies in front of this server whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  /** Where people reach the site, if it is named. */
  publicUrl?: string | undefined;
  /** For tests of what is recent. */
  clock?(): Date;
}

/** Where a password comes from: addresses take turns. */
export function placeOfCaller(c: Context, trustedProxies = 0): string | undefined {
  const incoming = incomingOf(c);
  return incoming && addressKey(clientAddress(incoming, trustedProxies));
}

const DONE = { ok: true as const };

/** Adds them to the app of /api/account, which sees to it who asks. */
export function addLoginRoutes(app: OpenAPIHono<CallerEnv>, options: LoginRoutesOptions): void {
  const { accounts, ledger, publicUrl, trustedProxies = 0, clock = () => new Date() } = options;
  const cookie = loginCookie(publicUrl);
  const recent = requireRecentLogin(clock);
  const placeOf = (c: Context) => placeOfCaller(c, trustedProxies);
  const logIn = async (c: Context, entry: Credentials) => {
    const from = { device: nameDevice(c.req.header('user-agent')), place: placeOf(c) };
    const { account, token, expiresAt } = await accounts.logIn(entry, from);
    cookie.set(c, token, expiresAt);
    return describeAccount(account, options);
  };
  // Ending a login takes nothing but that login; what ends keys with it is like revoking them.
  app.on('DELETE', ['/account/logins', '/account/logins/:id'], (c, next) =>
    c.req.query('keysToo') === 'true' ? recent(c, next) : next(),
  );

  app.openapi(routes.register, async (c) => {
    const { invite, ...entry } = c.req.valid('json');
    const { id } = await accounts.register(entry, placeOf(c), (transaction) =>
      Promise.resolve(options.admit?.(invite, transaction)),
    );
    const incoming = incomingOf(c);
    if (incoming) await ledger.welcome(accountOwner(id), clientAddress(incoming, trustedProxies));
    return c.json(await logIn(c, entry), 201);
  });
  app.openapi(routes.logIn, async (c) => c.json(await logIn(c, c.req.valid('json')), 200));
  app.openapi(routes.logOut, async (c) => {
    const token = cookie.read(c);
    if (token) await accounts.logOut(token);
    cookie.clear(c);
    return c.json(DONE, 200);
  });
  app.openapi(routes.proveLogin, async (c) => {
    const person = personOf(c);
    await accounts.proveLogin(person.id, person, c.req.valid('json').password, placeOf(c));
    return c.json(DONE, 200);
  });
  app.openapi(routes.changePassword, async (c) => {
    const person = personOf(c);
    const change = c.req.valid('json');
    const { token, expiresAt, revoked } = await accounts.changePassword(person.id, person, change, placeOf(c));
    cookie.set(c, token, expiresAt);
    await options.endWorkOf(revoked);
    return c.json(DONE, 200);
  });
  app.openapi(routes.resetPassword, async (c) => {
    await options.endWorkOf(await accounts.resetPassword(c.req.valid('json'), placeOf(c)));
    cookie.clear(c);
    return c.json(DONE, 200);
  });
  app.openapi(routes.listLogins, async (c) => {
    const { id, login } = personOf(c);
    const logins = await accounts.listLogins(id);
    return c.json({ logins: logins.map((each) => loginJson(each, login)) }, 200);
  });
  app.openapi(routes.endLogin, async (c) => {
    const keysToo = c.req.valid('query').keysToo === 'true';
    const person = personOf(c);
    const ended = c.req.valid('param').id;
    await options.endWorkOf(await accounts.endLogin(person.id, ended, { keysToo }, person));
    if (ended === person.login) cookie.clear(c);
    return c.json(DONE, 200);
  });
  app.openapi(routes.endLogins, async (c) => {
    const keysToo = c.req.valid('query').keysToo === 'true';
    const person = personOf(c);
    await options.endWorkOf(await accounts.endLogins(person.id, { keysToo }, person));
    cookie.clear(c);
    return c.json(DONE, 200);
  });
}
