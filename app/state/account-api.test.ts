// A real HTTP server on a free port that notes what it is asked and answers as it is told; the page's own `fetch` but for the
// origin, which a page has and Node has not.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { peerIdSchema } from '../../protocol/ids.ts';
import * as api from './account-api.ts';
import { mayBeLoggedIn, noteLogin } from './login-hint.ts';

let server: Server;
const asked: { line: string; body: string }[] = [];
let answer: { status: number; body: unknown };
const kept = new Map<string, string>();

const peer = peerIdSchema.parse('0f'.repeat(16));
const amount = { credits: '0', micros: 0 };
const account = {
  ...{ id: '1', name: 'ann', createdAt: '2026-03-04T05:06:07.000Z', peers: [peer] },
  balance: { available: amount, held: amount },
};
const credentials = { name: 'ann', password: 'correct horse' };
const refuse = (status: number, code: string) => {
  answer = { status, body: { error: { code, message: 'No.', next: 'Wait.' } } };
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push({ line: `${request.method} ${request.url}`, body });
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  kept.clear();
  const { fetch } = globalThis;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(`${origin}${path}`, init));
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('who is logged in', () => {
  test('is not asked where nobody ever was', async () => {
    await expect(api.readAccount()).rejects.toMatchObject({ code: 'not-logged-in' });
    expect(asked).toEqual([]);
  });

  test('is asked again once a login ended, only after the next', async () => {
    noteLogin(true);
    refuse(401, 'not-logged-in');
    await expect(api.readAccount()).rejects.toMatchObject({ code: 'not-logged-in' });
    await expect(api.readAccount()).rejects.toMatchObject({ code: 'not-logged-in' });
    expect(asked).toHaveLength(1);
    answer = { status: 200, body: account };
    await api.logIn(credentials);
    expect((await api.readAccount()).name).toBe('ann');
  });

  test.each([
    [503, 'shutting-down'],
    [503, 'unavailable'],
    [429, 'rate-limited'],
    [403, 'forbidden'],
  ])('is not forgotten for an answer of %i %s', async (status, code) => {
    noteLogin(true);
    refuse(status, code);
    await expect(api.readAccount()).rejects.toMatchObject({ code });
    expect(mayBeLoggedIn()).toBe(true);
  });

  test('is not forgotten by a page that went on', async () => {
    noteLogin(true);
    await expect(api.readAccount(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(mayBeLoggedIn()).toBe(true);
  });
});

test.each([
  ['registering', () => api.register(credentials), 'POST /api/account'],
  ['logging in', () => api.logIn(credentials), 'POST /api/account/login'],
])('%s is remembered when it went well alone, and the password is not', async (_name, enter, line) => {
  refuse(409, 'conflict');
  await expect(enter()).rejects.toMatchObject({ code: 'conflict' });
  expect(mayBeLoggedIn()).toBe(false);
  answer = { status: 201, body: account };
  await enter();
  expect(mayBeLoggedIn()).toBe(true);
  expect(asked.map((each) => each.line)).toEqual([line, line]);
  expect(JSON.parse(asked[1]!.body)).toEqual(credentials);
  expect([...kept.values()].join()).not.toContain(credentials.password);
});

test('a logout that did not reach the server is none', async () => {
  noteLogin(true);
  refuse(503, 'shutting-down');
  await expect(api.logOut()).rejects.toMatchObject({ code: 'shutting-down' });
  expect(mayBeLoggedIn()).toBe(true);
  answer = { status: 200, body: { ok: true } };
  await api.logOut();
  expect(mayBeLoggedIn()).toBe(false);
});

test('G9: logging out everywhere is remembered, and so is that a changed password stays logged in', async () => {
  noteLogin(true);
  answer = { status: 200, body: { ok: true } };
  await api.endLogin('a/b', true);
  expect(mayBeLoggedIn()).toBe(true);
  await api.endLogins(false);
  expect(mayBeLoggedIn()).toBe(false);
  await api.changePassword({ oldPassword: 'correct horse', newPassword: 'another horse', keysToo: true });
  expect(mayBeLoggedIn()).toBe(true);
  await api.logInAgain('another horse');
  expect(asked.map(({ line }) => line)).toEqual([
    'DELETE /api/account/logins/a%2Fb?keysToo=true',
    'DELETE /api/account/logins?keysToo=false',
    'POST /api/account/password',
    'POST /api/account/login/again',
  ]);
  expect([...kept.values()].join()).not.toContain('horse');
});

test('texts in an address stay one part of it', async () => {
  answer = { status: 200, body: { ok: true } };
  await api.revokeKey('../peers/x?y#z');
  answer = { status: 200, body: { lines: [], next: null } };
  await api.readStatement('a&limit=1');
  await api.readStatement();
  answer = { status: 200, body: { availableMicros: 5, heldMicros: 0 } };
  expect(await api.readPeerBalance(peer)).toEqual({ availableMicros: 5, heldMicros: 0 });
  expect(asked.map(({ line }) => line)).toEqual([
    'DELETE /api/account/keys/..%2Fpeers%2Fx%3Fy%23z',
    'GET /api/account/statement?before=a%26limit%3D1',
    'GET /api/account/statement',
    `GET /api/peers/${peer}/balance`,
  ]);
});

test('lists are taken out of their answers; one of another shape is refused', async () => {
  answer = { status: 200, body: { keys: [], jobs: [] } };
  expect(await api.readKeys()).toEqual([]);
  expect(await api.readJobs()).toEqual([]);
  answer = { status: 200, body: [] };
  await expect(api.readKeys()).rejects.toMatchObject({ code: 'bad-message' });
  await expect(api.readJobs()).rejects.toMatchObject({ code: 'bad-message' });
  await expect(api.createKey('ci')).rejects.toMatchObject({ code: 'bad-message' });
});
