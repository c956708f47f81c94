// G16: keys and logins are counted before they are looked up.
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { Account, AccountId } from '../ledger/owner.ts';
import { type CallerDirectory, createAuthenticate, createLoginAuthenticate, shownKey } from './authenticate.ts';
import { createGuardedApp } from './test-site.ts';

const BURST = 60;
const account = (id: string): Account => ({ id: id as AccountId, name: id, createdAt: new Date(0) });

/** Keys `good-<account>` are somebody's, until they are revoked; each look-up is counted. */
function openSite({ ratePerMinute = 600 } = {}) {
  let lookUps = 0;
  const revoked = new Set<string>();
  let isAway = false;
  const look = <T>(found: T | undefined): T | undefined => {
    lookUps += 1;
    if (isAway) throw new PoolError('unavailable', 'The database is away.');
    return found;
  };
  const ownerOf = (shown: string): string | undefined => /^good-([a-z]+)/.exec(shown)?.[1];
  const confirm = async (): Promise<void> => {};
  const accounts: CallerDirectory = {
    async byKey(key) {
      const owner = revoked.has(key) ? undefined : ownerOf(key);
      return look(owner ? { account: account(owner), key, confirm } : undefined);
    },
    async byLogin(token) {
      const owner = ownerOf(token);
      return look(owner ? { account: account(owner), login: { id: token, provedAt: new Date() }, confirm } : undefined);
    },
  };
  const authenticate = createAuthenticate(accounts);
  const authenticateLogin = createLoginAuthenticate(accounts);
  const app = createGuardedApp(authenticate, { ratePerMinute, trustedProxies: 0 }, authenticateLogin);
  const routes = new Hono();
  routes.get('/v1/mine', async (c) => c.text((await authenticate(c)).owner));
  routes.get('/api/mine', async (c) => c.text((await authenticateLogin(c)).owner));
  app.route('/', routes);
  const ask = async (address: string, key: string, path = '/v1/mine'): Promise<number> => {
    const headers: Record<string, string> = path.startsWith('/v1')
      ? { authorization: `Bearer ${key}` }
      : { cookie: `cp_session=${key}` };
    const env = { incoming: { socket: { remoteAddress: address }, headers: {} } };
    return (await app.request(path, { headers }, env)).status;
  };
  return {
    ask,
    revoke: (key: string) => void revoked.add(key),
    leave: (away: boolean) => {
      isAway = away;
    },
    get lookUps() {
      return lookUps;
    },
  };
}

it.each(['/v1/mine', '/api/mine'])(
  'G16: wrong ones buy no more look-ups than their address has, at %s',
  async (path) => {
    const site = openSite();
    const statuses: number[] = [];
    for (let at = 0; at < 500; at += 1) statuses.push(await site.ask('203.0.113.7', `wrong-${at}`, path));
    expect(site.lookUps).toBeLessThan(BURST + 20);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(await site.ask('203.0.113.8', 'good-ann', path), 'another address has its own pace').toBe(200);
  },
);

it('G16: a stranger’s wrong keys do not lock out whoever has a good one at the same address', async () => {
  const site = openSite();
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(200);
  for (let at = 0; at < 500; at += 1) await site.ask('203.0.113.7', `wrong-${at}`);
  for (let at = 0; at < 30; at += 1) expect(await site.ask('203.0.113.7', 'good-ann')).toBe(200);
});

it('G16: whoever is above its own pace is refused before the database is asked', async () => {
  const site = openSite({ ratePerMinute: 60 });
  for (let at = 0; at < 200; at += 1) await site.ask('203.0.113.7', 'good-ann');
  expect(site.lookUps).toBeLessThan(30);
});

it('an account is counted as one, with all its keys and wherever it comes from', async () => {
  const site = openSite({ ratePerMinute: 60 });
  const statuses: number[] = [];
  for (let at = 0; at < 40; at += 1) statuses.push(await site.ask(`203.0.113.${at}`, `good-ann-${at % 4}`));
  const taken = statuses.filter((status) => status === 200).length;
  expect(taken).toBeGreaterThanOrEqual(10);
  expect(taken).toBeLessThan(20);
  expect(await site.ask('203.0.113.7', 'good-bob')).toBe(200);
});

it('a key that was revoked is refused at once, and from then on counted as a stranger’s', async () => {
  const site = openSite();
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(200);
  site.revoke('good-ann');
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(401);
  const before = site.lookUps;
  for (let at = 0; at < 500; at += 1) await site.ask('203.0.113.7', 'good-ann');
  expect(site.lookUps - before).toBeLessThan(BURST + 20);
});

it('a database that is away makes nobody a stranger', async () => {
  const site = openSite();
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(200);
  site.leave(true);
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(503);
  for (let at = 0; at < 500; at += 1) await site.ask('203.0.113.7', `wrong-${at}`);
  site.leave(false);
  expect(await site.ask('203.0.113.7', 'good-ann')).toBe(200);
});

it('what could be no key is not looked up', async () => {
  const c = { req: { header: () => `Bearer ${'x'.repeat(201)}` } } as never;
  expect(shownKey(c)).toBeUndefined();
});
