// The door of /api/account, behind the guards that all of /api has: logins, balance and statement, API keys, the peers that earn
// for an account, and the secret of its webhooks. All of it is a person's: no API key opens it.

import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Env } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import { throwIssue } from '../http/answer-error.ts';
import { API_LIMITS } from '../http/api-types.ts';
import { boundJson } from '../http/bound-json.ts';
import { incomingOf } from '../http/client-address.ts';
import { confirmCaller } from '../http/confirm-caller.ts';
import { type CallerEnv, requireCaller } from '../http/require-caller.ts';
import { requireRecentLogin } from '../http/require-recent-login.ts';
import * as routes from './account-route-table.ts';
import type { AccountRoutesOptions } from './account-routes-options.ts';
import { describeAccount } from './describe-account.ts';
import { keyJson, lineJson } from './describe-rows.ts';
import { addLoginRoutes } from './login-routes.ts';
import { addOwnDataRoutes } from './own-data-routes.ts';
import { personOf } from './person-of.ts';

/** What asks for a recent login: whatever outlives the login that did it. */
const LASTING: readonly [method: string, path: string][] = [
  ['POST', '/account/keys'],
  ['DELETE', '/account/keys/:id'],
  ['POST', '/account/peers'],
  ['POST', '/account/webhook-secret'],
];

/** @example app.route('/api', createAccountRoutes({ accounts, authenticate, ledger, isSignedForUs, rotateWebhookSecret, endWorkOf })); */
export function createAccountRoutes(options: AccountRoutesOptions): OpenAPIHono<Env> {
  const { accounts, ledger, clock = () => new Date() } = options;
  const app = new OpenAPIHono<CallerEnv>({ defaultHook: throwIssue });
  const isOpen = (c: Context): boolean =>
    c.req.method === 'POST' && /\/account(\/login|\/logout|\/reset)?$/.test(c.req.path);
  const required = requireCaller(options.authenticate);
  app.use('/account/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    return isOpen(c) ? next() : required(c, next);
  });
  app.use('/account/*', ...boundJson({ ...API_LIMITS, bodyBytes: 16 * 1024 }), (c, next) =>
    isOpen(c) ? next() : confirmCaller(c, next),
  );
  for (const [method, path] of LASTING) app.on(method, path, requireRecentLogin(clock));
  addLoginRoutes(app, options);
  addOwnDataRoutes(app, options);

  app.openapi(routes.readAccount, async (c) => c.json(await describeAccount(personOf(c).account, options), 200));
  app.openapi(routes.readStatement, async (c) => {
    const { limit, before } = c.req.valid('query');
    const read = await ledger.statementOf(personOf(c).owner, before ? { limit, before } : { limit });
    const lines = read.map(lineJson);
    // The ledger keeps an event's two lines on one page, which may make it one shorter.
    return c.json({ lines, next: lines.length >= limit - 1 ? (lines.at(-1)?.eventId ?? null) : null }, 200);
  });
  app.openapi(routes.createKey, async (c) => {
    const person = personOf(c);
    const { key, ...info } = await accounts.createKey(person.id, c.req.valid('json').label, person);
    return c.json({ ...keyJson(info), key }, 201);
  });
  app.openapi(routes.listKeys, async (c) => {
    const keys = await accounts.listKeys(personOf(c).id);
    return c.json({ keys: keys.map(keyJson) }, 200);
  });
  app.openapi(routes.revokeKey, async (c) => {
    const key = c.req.valid('param').id;
    const person = personOf(c);
    await accounts.revokeKey(person.id, key, person);
    await options.endWorkOf([key]);
    return c.json({ ok: true as const }, 200);
  });
  app.openapi(routes.claimPeer, async (c) => {
    const person = personOf(c);
    const shown = c.req.valid('json');
    if (!options.isSignedForUs(shown.host, incomingOf(c))) {
      throw new PoolError('not-authentic', 'The claim was signed for another server.');
    }
    const peer = await accounts.claimPeer(person.id, shown, person);
    // Repeating a claim moves nothing twice, so a crash between the two is mended by asking again.
    await ledger.claim(peer, person.owner);
    return c.json({ peers: await accounts.peersOf(person.id) }, 200);
  });
  app.openapi(routes.releasePeer, async (c) => {
    const person = personOf(c);
    await accounts.releasePeer(person.id, c.req.valid('param').id, person);
    return c.json({ peers: await accounts.peersOf(person.id) }, 200);
  });
  app.openapi(routes.rotateSecret, async (c) => {
    const { owner, confirm } = personOf(c);
    return c.json({ secret: await options.rotateWebhookSecret(owner, confirm) }, 201);
  });
  return app as unknown as OpenAPIHono<Env>;
}
