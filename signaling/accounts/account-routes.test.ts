// Accounts over HTTP as a browser and a program use them: real routes, accounts, ledger and database.

import { request } from 'node:http';
import { expect, test, vi } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { type AccountId, accountOwner, peerOwner } from '../ledger/owner.ts';
import { freshName, newDevice, PASSWORD, signClaim } from './test-account.ts';
import { AccountSite, SLOW_MS } from './test-account-site.ts';

vi.setConfig({ testTimeout: SLOW_MS });

const scene = AccountSite.set();
const call = scene.call.bind(scene);
const newPerson = scene.newPerson.bind(scene);

test('registering logs in, gives the welcome credits, and sets a cookie that scripts and other sites cannot use', async () => {
  scene.nextAddress();
  const { status, body, cookie, headers } = await call('POST', '', { name: freshName(), password: PASSWORD });
  expect(status).toBe(201);
  expect(body.balance).toEqual({ available: { credits: '2.5', micros: 2_500_000 }, held: { credits: '0', micros: 0 } });
  expect(cookie).toMatch(/^cp_session=[^;]+;.*Path=\/;.*HttpOnly; SameSite=Lax$/);
  expect(cookie).not.toContain('Secure');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('log in, read, log out', async () => {
  const { name } = await newPerson();
  expect((await call('POST', '/login', { name, password: 'something else' })).body.error.code).toBe('not-logged-in');
  const { cookie } = await call('POST', '/login', { name, password: PASSWORD }, { origin: scene.site.url });
  const session = { cookie: cookie.split(';')[0] ?? '', origin: scene.site.url };
  expect((await call('GET', '', undefined, session)).body).toMatchObject({ name, peers: [] });
  const out = await call('POST', '/logout', undefined, session);
  expect(out.cookie).toMatch(/^cp_session=;/);
  expect((await call('GET', '', undefined, session)).status).toBe(401);
});

test('another site can neither log in, nor out, nor change anything with the cookie', async () => {
  const { name, asPage } = await newPerson();
  const evil = { ...asPage, origin: 'https://evil.example' };
  expect((await call('POST', '/login', { name, password: PASSWORD }, evil)).status).toBe(403);
  expect((await call('POST', '/logout', undefined, evil)).status).toBe(403);
  expect((await call('POST', '/keys', { label: 'x' }, evil)).status).toBe(403);
  expect((await call('POST', '/keys', { label: 'x' }, { cookie: asPage.cookie })).status).toBe(403);
  expect((await call('DELETE', '/keys/x', undefined, { ...evil, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await call('GET', '', undefined, asPage)).status).toBe(200);
});

test('keys: made once, listed without the secret, used, revoked', async () => {
  const { asPage } = await newPerson();
  const created = await call('POST', '/keys', { label: 'ci' }, asPage);
  expect(created.status).toBe(201);
  const listed = await call('GET', '/keys', undefined, asPage);
  expect(listed.body.keys).toMatchObject([{ id: created.body.id, label: 'ci', lastUsedAt: null }]);
  expect(JSON.stringify(listed.body)).not.toContain(created.body.key);
  expect(await scene.usage(created.body.key)).toBe(200);
  const stranger = await newPerson();
  expect((await call('DELETE', `/keys/${created.body.id}`, undefined, stranger.asPage)).status).toBe(404);
  expect((await call('DELETE', `/keys/${created.body.id}`, undefined, asPage)).status).toBe(200);
  expect(await scene.usage(created.body.key)).toBe(401);
});

/** What a server hears that brings this claim here as if it had been asked by the host in it. */
const claimRelayed = (claim: { host: string }, asPage: { cookie: string }): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(scene.site.url);
    const headers = { ...asPage, host: claim.host, origin: `http://${claim.host}`, 'content-type': 'application/json' };
    const path = '/api/account/peers';
    const asked = request({ hostname, port, path, method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end(JSON.stringify(claim));
  });

test('peers: claimed with their own signature, what they earned comes along (D5: their welcome credits do not), let go again', async () => {
  const { id, asPage } = await newPerson();
  const device = await newDevice();
  await scene.ledger.welcome(peerOwner(device.peer), '198.51.100.7');
  const payer = accountOwner((await newPerson()).id);
  const job = 'c'.repeat(32) as JobId;
  await scene.ledger.hold({ job, payer, amountMicros: 1_000_000, expiresAt: new Date('2100-01-01T00:00:00Z') });
  await scene.ledger.settle({ job, payments: [{ to: peerOwner(device.peer), amountMicros: 1_000_000 }] });
  const { host } = new URL(scene.site.url);
  const forged = await signClaim('another' as AccountId, device, host);
  const elsewhere = await signClaim(id, device, 'evil.example');
  // G16: neither what another server was shown, nor that with this one's name on it.
  for (const wrong of [forged, elsewhere, { ...elsewhere, host }]) {
    expect((await call('POST', '/peers', wrong, asPage)).body.error.code).toBe('not-authentic');
  }
  // Nor one that another server hands on under its own Host.
  expect(await claimRelayed(await signClaim(id, device, '6.6.6.6:3000'), asPage)).toBe(401);
  const claim = await signClaim(id, device, host);
  expect((await call('POST', '/peers', claim, asPage)).body.peers).toEqual([device.peer]);
  expect((await call('GET', '', undefined, asPage)).body.balance.available.micros).toBe(3_500_000);
  const statement = await call('GET', '/statement?limit=10', undefined, asPage);
  expect(statement.body.lines.map(({ kind }: { kind: string }) => kind)).toEqual(['claim', 'grant']);
  expect(statement.body).toMatchObject({ next: null, lines: [{ credits: '1', bucket: 'available', job: null }, {}] });
  const first = await call('GET', '/statement?limit=1', undefined, asPage);
  const second = await call('GET', `/statement?limit=1&before=${first.body.next}`, undefined, asPage);
  expect(second.body.lines[0].kind).toBe('grant');
  expect((await call('DELETE', `/peers/${device.peer}`, undefined, asPage)).body.peers).toEqual([]);
});

test('a webhook secret is new each time', async () => {
  const { asPage } = await newPerson();
  const first = await call('POST', '/webhook-secret', undefined, asPage);
  const second = await call('POST', '/webhook-secret', undefined, asPage);
  expect(first.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(second.body.secret).not.toBe(first.body.secret);
});

test('bad bodies are refused by field; without a login nothing is told', async () => {
  const { asPage } = await newPerson();
  expect((await call('POST', '', { name: 'abc' })).body.error).toMatchObject({
    code: 'bad-request',
    data: { param: 'password' },
  });
  expect((await call('POST', '/peers', { host: 'h', publicKey: 5, signature: '' }, asPage)).body.error.data.param).toBe(
    'publicKey',
  );
  expect((await call('GET', '/statement?limit=0', undefined, asPage)).body.error.data.param).toBe('limit');
  expect((await call('POST', '/login', { name: 'x'.repeat(20_000), password: 'y' })).status).toBe(413);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/keys'],
    ['POST', '/keys'],
    ['GET', '/statement'],
    ['POST', '/webhook-secret'],
  ] as const) {
    expect((await call(method, path)).status).toBe(401);
  }
});

test('guessing passwords is slow', async () => {
  const { name } = await newPerson();
  const tries = Array.from({ length: 12 }, () => call('POST', '/login', { name, password: 'wrong password' }));
  const answers = await Promise.all(tries);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
});
