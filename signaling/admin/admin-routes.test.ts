import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newIdentityKeys, signHello } from '../../protocol/identity.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { PROTOCOL_VERSION } from '../../protocol/limits.ts';
import { hashSecret, newId, newToken } from '../accounts/secrets.ts';
import { accountPeers, accountSessions, accounts } from '../accounts/tables.ts';
import { CHEAP, PASSWORD } from '../accounts/test-account.ts';
import { DEFAULT_MODEL } from '../config/defaults.ts';
import { CLOSE_CODES } from '../control/control-connection.ts';
import { TestPeer } from '../control/test-peer.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { jobs } from '../jobs/tables.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { adminSessions, adminTokens } from './tables.ts';
import { OwnedServer } from './test-owner.ts';

let owned: OwnedServer;
beforeAll(async () => {
  owned = await OwnedServer.open();
}, OPEN_TIMEOUT_MS);
afterAll(() => owned.close());
beforeEach(() => owned.nextAddress());

/** An account whose password is hashed at next to no cost. */
async function addAccount(name: string): Promise<AccountId> {
  const id = newId() as AccountId;
  const row = { id, name, passwordHash: await CHEAP.hash(PASSWORD), createdAt: new Date() };
  await owned.database.db.insert(accounts).values(row);
  return id;
}
/** The cookie of a login. */
async function openSession(account: AccountId): Promise<string> {
  const [token, now] = [newToken(), new Date()];
  const times = { createdAt: now, provedAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 3600_000) };
  const row = { tokenHash: hashSecret(token), id: newId(), account, device: 'A browser' };
  await owned.database.db.insert(accountSessions).values({ ...row, ...times });
  return `cp_session=${token}`;
}
const logIn = (name: string) => owned.ask('POST', '/api/account/login', { name, password: PASSWORD });
const actNames = async (): Promise<string[]> =>
  (await owned.own('GET', '/acts?limit=200')).body.acts.map(({ act }: { act: string }) => act);

interface Operation {
  method: string;
  path: string;
}
async function adminOperations(): Promise<Operation[]> {
  const { body } = await owned.ask('GET', '/openapi.json');
  return Object.entries(body.paths as Record<string, object>)
    .filter(([path]) => path.startsWith('/api/admin'))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'x') })),
    );
}

describe('who is not the owner', () => {
  it('is told on every route what is told of a route that is not there', async () => {
    const operations = await adminOperations();
    expect(operations.length).toBeGreaterThan(20);
    const nowhere = await owned.ask('GET', '/api/nothing');
    const cookie = await openSession(await addAccount('stranger'));
    expect((await owned.ask('GET', '/api/account', undefined, { cookie })).status).toBe(200);
    const others: Record<string, string>[] = [
      {},
      owned.asPage(cookie),
      owned.asPage(`cp_admin=${'a'.repeat(43)}`),
      owned.asPage(`cp_admin=${cookie.split('=')[1]}`),
    ];
    for (const { method, path } of operations.filter((each) => !each.path.endsWith('/login'))) {
      for (const headers of others) {
        const body = method === 'POST' || method === 'PATCH' ? {} : undefined;
        const answer = await owned.ask(method, path, body, headers);
        expect([answer.status, answer.body], `${method} ${path}`).toEqual([404, nowhere.body]);
      }
    }
    for (const body of [{ token: 'cpo-wrong' }, { token: '' }, {}, { token: 7 }]) {
      const answer = await owned.ask('POST', '/api/admin/login', body, owned.asPage(cookie));
      expect([answer.status, answer.body]).toEqual([404, nowhere.body]);
    }
    expect(await actNames()).toEqual([]);
  });

  it('is slowed down by wrong tokens, and the owner beside it is not', async () => {
    const guess = () => owned.ask('GET', '/api/admin/acts', undefined, { authorization: 'Bearer cpo-wrong' });
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) statuses.push((await guess()).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(404));
    expect(statuses.slice(10)).toEqual([429, 429]);
    expect((await owned.own('GET', '/acts')).status).toBe(200);
  });
});

describe('the owner', () => {
  it('shows the token once and is known by a cookie from then on', async () => {
    const { token } = owned;
    expect(token).toMatch(/^cpo-[\w-]{43}$/);
    const [kept] = await owned.database.db.select().from(adminTokens);
    expect(kept?.tokenHash).toBe(createHash('sha256').update(token).digest('hex'));
    const { status, cookie } = await owned.ask('POST', '/api/admin/login', { token }, { origin: owned.server.url });
    expect([status, cookie]).toEqual([200, expect.stringMatching(/^cp_admin=[\w-]{43}$/)]);
    const [session] = await owned.database.db.select().from(adminSessions);
    expect(cookie).not.toContain(session?.tokenHash);
    const asOwner = owned.asPage(cookie);
    expect((await owned.ask('GET', '/api/admin/settings', undefined, asOwner)).body).toMatchObject({
      registration: 'open',
      model: DEFAULT_MODEL,
      database: 'pglite',
    });
    // A cookie changes nothing unless a page of this site says so.
    expect((await owned.ask('POST', '/api/admin/invites', {}, { cookie })).status).toBe(404);
    expect((await owned.ask('POST', '/api/admin/logout', undefined, asOwner)).status).toBe(200);
    expect((await owned.ask('GET', '/api/admin/settings', undefined, asOwner)).status).toBe(404);
    expect((await actNames()).slice(0, 2)).toEqual(['log-out', 'log-in']);
  });

  it('says who may open an account: anybody, whoever has a code, nobody', async () => {
    const registration = async () => (await owned.ask('GET', '/api/config')).body.registration;
    expect(await registration()).toBe('open');
    await owned.own('PATCH', '/settings', { registration: 'closed' });
    expect(await registration()).toBe('closed');
    const { status, body } = await owned.register('late');
    expect([status, body.error.code]).toEqual([403, 'registration-closed']);

    await owned.own('PATCH', '/settings', { registration: 'invite' });
    const made = await owned.own('POST', '/invites', { note: 'for Ada', uses: 1, days: 2 });
    expect(made.body).toMatchObject({
      note: 'for Ada',
      uses: 1,
      used: 0,
      code: expect.stringMatching(/^(\w{4}-){3}\w{4}$/),
    });
    const listed = (await owned.own('GET', '/invites')).body.invites;
    expect(listed).toHaveLength(1);
    expect(JSON.stringify(listed)).not.toContain(made.body.code);
    const without = [undefined, '7K2M-ABCD-01XY-ZWVT', 'no code'];
    for (const code of without) {
      expect((await owned.register('late', code)).body.error, String(code)).toMatchObject({ code: 'invite-required' });
    }
    // A name that is taken uses no code up.
    await addAccount('ada');
    expect((await owned.register('ada', made.body.code)).status).toBe(409);
    const typed = made.body.code.toLowerCase().replaceAll('-', ' ');
    expect((await owned.register('friend', typed)).status).toBe(201);
    expect((await owned.register('foe', made.body.code)).body.error.code).toBe('invite-required');

    const other = (await owned.own('POST', '/invites', {})).body;
    expect((await owned.own('DELETE', `/invites/${other.id}`)).status).toBe(200);
    expect((await owned.own('DELETE', `/invites/${other.id}`)).status).toBe(404);
    expect((await owned.register('foe', other.code)).body.error.code).toBe('invite-required');
    await owned.own('PATCH', '/settings', { registration: 'open' });
  });

  it('says what who joins is given, from then on', async () => {
    const { ledger } = owned.server.platform;
    const welcome = async (id: string) => ledger.welcome(accountOwner(id as AccountId), `198.51.100.${id.length}`);
    expect(await welcome('a')).toBe(10_000_000);
    const changed = await owned.own('PATCH', '/settings', { welcomeMicros: 2_500_000, welcomesPerAddressPerDay: 1 });
    expect(changed.body).toMatchObject({ welcomeMicros: 2_500_000, configured: { welcomeMicros: 10_000_000 } });
    expect(await welcome('bb')).toBe(2_500_000);
    expect(await ledger.welcome(accountOwner('cc' as AccountId), '198.51.100.2')).toBe(0);
    await owned.own('PATCH', '/settings', { welcomeMicros: null, welcomesPerAddressPerDay: null });
    expect(await welcome('dddd')).toBe(10_000_000);
    expect((await owned.own('PATCH', '/settings', { welcomeMicros: -1 })).status).toBe(400);
  });

  it('says which model pages show first and a bare name means', async () => {
    const other = { ...DEFAULT_MODEL, dtype: 'fp32' as const };
    expect((await owned.own('PATCH', '/settings', { model: other })).body.model).toEqual(other);
    expect((await owned.ask('GET', '/api/config')).body.model).toEqual(other);
    expect(owned.server.platform.pools.find(poolIdOf(other))).toMatchObject({ loaded: true });
    const listed = (await owned.ask('GET', '/v1/models')).body.data.map(({ id }: { id: string }) => id);
    expect(listed).toEqual(expect.arrayContaining([DEFAULT_MODEL.repo, poolIdOf(DEFAULT_MODEL)]));
    await owned.own('PATCH', '/settings', { model: null });
    expect((await owned.ask('GET', '/api/config')).body.model).toEqual(DEFAULT_MODEL);
  });

  it('searches accounts, a page at a time', async () => {
    for (const name of ['zed-1', 'zed-2', 'zed-3', 'zed_4']) await addAccount(name);
    const names = (body: { accounts: { name: string }[] }) => body.accounts.map(({ name }) => name);
    const first = await owned.own('GET', '/accounts?q=ZED-&limit=2');
    expect([names(first.body), first.body.next]).toEqual([['zed-1', 'zed-2'], 'zed-2']);
    const last = await owned.own('GET', `/accounts?q=zed-&limit=2&after=${first.body.next}`);
    expect([names(last.body), last.body.next]).toEqual([['zed-3'], null]);
    expect(names((await owned.own('GET', '/accounts?q=d_')).body)).toEqual(['zed_4']);
    expect((await owned.own('GET', '/accounts?limit=201')).status).toBe(400);
  });

  it('bans an account, which is told why wherever it comes, and lets it in again', async () => {
    const id = await addAccount('vandal');
    const cookie = await openSession(id);
    const { key } = await owned.server.platform.accounts.createKey(id, 'ci');
    const tab = await TestPeer.join(owned.server.url);
    const own = await TestPeer.join(owned.server.url);
    const claim = { peer: own.peer, account: id, claimedAt: new Date() };
    await owned.database.db.insert(accountPeers).values(claim);
    const withKey = () => owned.ask('GET', '/v1/computepool/usage', undefined, { authorization: `Bearer ${key}` });
    expect((await withKey()).status).toBe(200);
    const ban = await owned.own('POST', `/accounts/${id}/ban`, { reason: 'It lied' });
    expect(ban.status).toBe(200);
    expect((await own.next('error')).error).toMatchObject({ code: 'banned', data: { reason: 'It lied' } });
    expect(await own.closed).toBe(CLOSE_CODES.banned);
    expect(await owned.server.platform.accounts.peerBan(own.peer)).toMatchObject({ code: 'banned' });
    for (const refused of [await logIn('vandal'), await owned.ask('GET', '/api/account', undefined, { cookie })]) {
      expect([refused.status, refused.body.error]).toEqual([
        403,
        expect.objectContaining({
          code: 'banned',
          message: 'This account is banned: It lied.',
          data: { reason: 'It lied' },
        }),
      ]);
    }
    const program = await withKey();
    expect([program.status, program.body.error.code]).toEqual([403, 'banned']);
    expect((await owned.own('GET', '/accounts?q=vandal')).body.accounts).toEqual([
      expect.objectContaining({ name: 'vandal', ban: { reason: 'It lied', at: expect.any(String) } }),
    ]);
    expect(tab.socket.readyState, 'a tab of nobody’s goes on').toBe(tab.socket.OPEN);
    tab.socket.close();
    await tab.closed;
    await owned.own('DELETE', `/accounts/${id}/ban`);
    expect((await logIn('vandal')).status).toBe(200);
    expect((await withKey()).status).toBe(200);
    expect(await owned.server.platform.accounts.peerBan(own.peer)).toBeUndefined();
    expect((await owned.own('POST', '/accounts/none/ban', { reason: 'x' })).status).toBe(404);
    expect((await owned.own('POST', `/accounts/${id}/ban`, { reason: ' ' })).status).toBe(400);
  });

  it('lists tabs, and bans one, which is let go with the reason and comes back no more', async () => {
    const keys = await newIdentityKeys();
    const tab = await TestPeer.join(owned.server.url, keys);
    tab.offer(manifestOf());
    const listed = async () => (await owned.own('GET', '/tabs')).body;
    await expect.poll(listed).toMatchObject({
      tabs: [{ peer: tab.peer, pool: poolIdOf(DEFAULT_MODEL), device: 'test', account: null }],
      total: 1,
    });
    await owned.own('POST', `/peers/${tab.peer}/ban`, { reason: 'Wrong answers' });
    const told = { code: 'banned', data: { reason: 'Wrong answers' } };
    expect((await tab.next('error')).error).toMatchObject(told);
    expect(await tab.closed).toBe(CLOSE_CODES.banned);
    await expect.poll(listed).toMatchObject({ tabs: [], total: 0 });
    const again = new TestPeer(owned.server.url);
    const { nonce } = await again.next('challenge');
    const hello = await signHello(keys, new URL(owned.server.url).host, nonce);
    const { host, publicKey, signature } = hello;
    again.send({ type: 'hello', version: PROTOCOL_VERSION, host, publicKey, signature });
    expect((await again.next('error')).error).toMatchObject(told);
    expect(await again.closed).toBe(CLOSE_CODES.banned);
    const { peers } = (await owned.own('GET', '/peers/bans')).body;
    expect(peers).toEqual([{ peer: tab.peer, reason: 'Wrong answers', at: expect.any(String) }]);
    expect(await owned.server.platform.accounts.peerBan(tab.peer)).toMatchObject(told);
    await owned.own('DELETE', `/peers/${tab.peer}/ban`);
    const back = await TestPeer.join(owned.server.url, keys);
    expect(back.peer).toBe(tab.peer);
    back.socket.close();
    expect((await owned.own('POST', '/peers/none/ban', { reason: 'x' })).status).toBe(400);
  });

  it('lists jobs of everybody and ends one that is not over', async () => {
    const id = await addAccount('asker');
    const row = {
      ...{ pool: poolIdOf(DEFAULT_MODEL), source: 'http' as const, nonce: 'n', state: 'done' as const },
      ...{ promptTokens: 3, completionTokens: 4, chargedMicros: 5 },
    };
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    await owned.database.db.insert(jobs).values([
      { ...row, id: '1'.repeat(32), payer: accountOwner(id), createdAt: at(1) },
      { ...row, id: '2'.repeat(32), payer: `peer:${'ab'.repeat(16)}`, createdAt: at(2) },
    ]);
    const first = (await owned.own('GET', '/jobs?limit=1')).body;
    expect(first).toMatchObject({ jobs: [{ id: '2'.repeat(32), account: null }], next: '2'.repeat(32) });
    const last = (await owned.own('GET', `/jobs?limit=1&after=${first.next}`)).body;
    expect(last).toMatchObject({
      jobs: [{ account: { id, name: 'asker' }, promptTokens: 3, chargedMicros: 5 }],
      next: null,
    });
    const before = await actNames();
    expect((await owned.own('POST', `/jobs/${'1'.repeat(32)}/end`)).status).toBe(404);
    expect(await actNames(), 'what was refused was not done').toEqual(before);
  });

  it('lets pools rest and serve, and removes those that accounts made', async () => {
    const { pools } = owned.server.platform;
    const own = encodeURIComponent(poolIdOf(DEFAULT_MODEL));
    await owned.own('POST', `/pools/${own}/unload`);
    expect(pools.find(poolIdOf(DEFAULT_MODEL))?.loaded).toBe(false);
    await owned.own('POST', `/pools/${own}/load`);
    expect(pools.find(poolIdOf(DEFAULT_MODEL))?.loaded).toBe(true);
    expect((await owned.own('DELETE', `/pools/${own}`)).body.error.code).toBe('conflict');
    const model = { ...DEFAULT_MODEL, slug: 'mine' };
    const { id } = await pools.create({ model, manifest: manifestOf(), createdBy: 'somebody' });
    expect((await owned.own('DELETE', `/pools/${encodeURIComponent(id)}`)).status).toBe(200);
    expect(pools.find(id)).toBeUndefined();
    expect((await owned.own('DELETE', `/pools/${encodeURIComponent(id)}`)).status).toBe(404);
  });

  it('makes a link for a forgotten password, which counts once', async () => {
    const id = await addAccount('forgetful');
    const cookie = await openSession(id);
    const first = (await owned.own('POST', `/accounts/${id}/reset`)).body;
    const { token } = (await owned.own('POST', `/accounts/${id}/reset`)).body;
    const set = (shown: string) =>
      owned.ask('POST', '/api/account/reset', { token: shown, newPassword: 'another password' });
    expect((await set(first.token)).status, 'a later link takes its place').toBe(404);
    expect((await set(token)).status).toBe(200);
    expect((await set(token)).status).toBe(404);
    expect((await owned.ask('GET', '/api/account', undefined, { cookie })).status).toBe(401);
    expect((await logIn('forgetful')).status).toBe(401);
    const entry = { name: 'forgetful', password: 'another password' };
    expect((await owned.ask('POST', '/api/account/login', entry)).status).toBe(200);
    expect((await owned.own('POST', '/accounts/none/reset')).status).toBe(404);
  }, 30_000);

  it('has done what the list says, newest first, with ids and no names', async () => {
    const { acts, next } = (await owned.own('GET', '/acts?limit=2')).body;
    expect(next).toBe(acts[1].id);
    expect((await owned.own('GET', `/acts?limit=1&after=${next}`)).body.acts[0].id).not.toBe(next);
    const all = (await owned.own('GET', '/acts?limit=200')).body.acts as Record<string, string>[];
    const names = new Set(all.map(({ act }) => act));
    for (const act of ['ban-account', 'unban-account', 'ban-peer', 'unban-peer', 'make-reset-link', 'load-pool']) {
      expect(names, act).toContain(act);
    }
    expect(all.find(({ act }) => act === 'ban-account')).toMatchObject({ name: 'vandal', detail: 'It lied' });
    expect((await owned.own('GET', '/acts?after=now')).status).toBe(400);
  });
});
