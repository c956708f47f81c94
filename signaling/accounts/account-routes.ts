// The door of /api/account, behind the guards that all of /api has: registering, logging in and out, balance and statement, API keys, the peers that earn for an
// account, and the secret of its webhooks. Cookies are set here and nowhere else.

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Env } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { PoolError } from '../../protocol/errors.ts';
import type { accountSchema, Credentials, keysSchema } from '../../protocol/http/account.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { throwIssue } from '../http/answer-error.ts';
import { API_LIMITS, type Authenticate } from '../http/api-types.ts';
import { LOGIN_COOKIE, loginToken } from '../http/authenticate.ts';
import { boundJson } from '../http/bound-json.ts';
import { clientAddress, incomingOf } from '../http/client-address.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import type { Ledger } from '../ledger/ledger-types.ts';
import { type Account, type AccountId, accountOwner, type OwnerId } from '../ledger/owner.ts';
import * as routes from './account-route-table.ts';
import type { Accounts, ApiKeyInfo } from './account-types.ts';

export interface AccountRoutesOptions {
  accounts: Accounts;
  authenticate: Authenticate;
  ledger: Pick<Ledger, 'balanceOf' | 'statementOf' | 'claim' | 'welcome'>;
  /** Makes and keeps a new secret for an owner's webhooks; the old one counts no more. */
  rotateWebhookSecret(owner: OwnerId): Promise<string>;
  /** Proxies in front of this server whose X-Forwarded-For is believed. Default 0. */
  trustedProxies?: number;
  /** Whether the site is served over https, by this process or a proxy before it. */
  isHttps(c: Context): boolean;
}

/** @example app.route('/api', createAccountRoutes({ accounts, authenticate, ledger, rotateWebhookSecret, isHttps })); */
export function createAccountRoutes(options: AccountRoutesOptions): OpenAPIHono<Env> {
  const { accounts, ledger, trustedProxies = 0 } = options;
  const app = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  const isOpen = (c: Context): boolean => c.req.method === 'POST' && /\/account(\/login|\/logout)?$/.test(c.req.path);
  const required = requireCaller(options.authenticate);
  app.use('/account/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    return isOpen(c) ? next() : required(c, next);
  });
  app.use('/account/*', ...boundJson({ ...API_LIMITS, bodyBytes: 16 * 1024 }));
  const accountOf = (c: Context<CallerEnv>): { id: AccountId; owner: OwnerId } => {
    const { account, owner } = c.get('caller');
    if (!account) throw new PoolError('forbidden', 'This needs an account.');
    return { id: account.id, owner };
  };
  const logIn = async (c: Context, entry: Credentials) => {
    const { account, token, expiresAt } = await accounts.logIn(entry);
    setCookie(c, LOGIN_COOKIE, token, {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      secure: options.isHttps(c),
      expires: expiresAt,
    });
    return describeAccount(account, options);
  };

  app.openapi(routes.register, async (c) => {
    const entry = c.req.valid('json');
    const { id } = await accounts.register(entry);
    const incoming = incomingOf(c);
    if (incoming) await ledger.welcome(accountOwner(id), clientAddress(incoming, trustedProxies));
    return c.json(await logIn(c, entry), 201);
  });
  app.openapi(routes.logIn, async (c) => c.json(await logIn(c, c.req.valid('json')), 200));
  app.openapi(routes.logOut, async (c) => {
    const token = loginToken(c);
    if (token) await accounts.logOut(token);
    deleteCookie(c, LOGIN_COOKIE, { path: '/', secure: options.isHttps(c) });
    return c.json({ ok: true as const }, 200);
  });
  app.openapi(routes.readAccount, async (c) => {
    const { account } = c.get('caller');
    if (!account) throw new PoolError('forbidden', 'This needs an account.');
    return c.json(await describeAccount(account, options), 200);
  });
  app.openapi(routes.readStatement, async (c) => {
    const { limit, before } = c.req.valid('query');
    const read = await ledger.statementOf(accountOf(c).owner, before ? { limit, before } : { limit });
    const lines = read.map(({ at, amountMicros, job, ...line }) => ({
      ...line,
      at: at.toISOString(),
      ...amountOf(amountMicros),
      job: job ?? null,
    }));
    // The ledger keeps an event's two lines on one page, which may make it one shorter.
    return c.json({ lines, next: lines.length >= limit - 1 ? (lines.at(-1)?.eventId ?? null) : null }, 200);
  });
  app.openapi(routes.createKey, async (c) => {
    const { key, ...info } = await accounts.createKey(accountOf(c).id, c.req.valid('json').label);
    return c.json({ ...keyJson(info), key }, 201);
  });
  app.openapi(routes.listKeys, async (c) => {
    const keys = await accounts.listKeys(accountOf(c).id);
    return c.json({ keys: keys.map(keyJson) }, 200);
  });
  app.openapi(routes.revokeKey, async (c) => {
    await accounts.revokeKey(accountOf(c).id, c.req.valid('param').id);
    return c.json({ ok: true as const }, 200);
  });
  app.openapi(routes.claimPeer, async (c) => {
    const { id, owner } = accountOf(c);
    const peer = await accounts.claimPeer(id, c.req.valid('json'));
    // Repeating a claim moves nothing twice, so a crash between the two is mended by asking again.
    await ledger.claim(peer, owner);
    return c.json({ peers: await accounts.peersOf(id) }, 200);
  });
  app.openapi(routes.releasePeer, async (c) => {
    const { id } = accountOf(c);
    await accounts.releasePeer(id, c.req.valid('param').id);
    return c.json({ peers: await accounts.peersOf(id) }, 200);
  });
  app.openapi(routes.rotateSecret, async (c) =>
    c.json({ secret: await options.rotateWebhookSecret(accountOf(c).owner) }, 201),
  );
  return app as unknown as OpenAPIHono<Env>;
}

async function describeAccount(
  account: Account,
  { accounts, ledger }: Pick<AccountRoutesOptions, 'accounts' | 'ledger'>,
): Promise<Wire<typeof accountSchema>> {
  const { availableMicros, heldMicros } = await ledger.balanceOf(accountOwner(account.id));
  return {
    id: account.id,
    name: account.name,
    createdAt: account.createdAt.toISOString(),
    balance: { available: amountOf(availableMicros), held: amountOf(heldMicros) },
    peers: await accounts.peersOf(account.id),
  };
}

const amountOf = (micros: number): { credits: string; micros: number } => ({ credits: formatCredits(micros), micros });

const keyJson = ({
  id,
  label,
  prefix,
  createdAt,
  lastUsedAt,
}: ApiKeyInfo): Wire<typeof keysSchema>['keys'][number] => ({
  ...{ id, label, prefix },
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
