// G9: a request that was let in before its login or key ended, and whose last byte comes after that.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { testReader } from '../models/test-reader.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { freshName, newDevice, PASSWORD, signClaim } from './test-account.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent', reader: testReader() });
}, OPEN_TIMEOUT_MS);
afterAll(() => server.close());

type Fields = Record<string, string>;
const JSON_TYPE = { 'content-type': 'application/json' };
const NEW_PASSWORD = 'another horse, another battery';
const MODEL = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' } as const;

async function send(method: string, path: string, headers: Fields, body?: unknown) {
  const init = body === undefined ? { headers } : { headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  const response = await fetch(server.url + path, { method, ...init });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  return { status: response.status, body: (await response.json().catch(() => ({}))) as any, response };
}

/** All of a request but its last byte; what it resolves to sends that, and gives the status. */
async function begin(method: string, path: string, headers: Fields, text: string): Promise<() => Promise<number>> {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (data) => {
    said += data;
  });
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  const told = {
    host,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...JSON_TYPE,
    ...headers,
  };
  const fields = Object.entries(told).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/1.1\r\n${fields.join('')}\r\n${text.slice(0, -1)}`);
  return async () => {
    socket.write(text.slice(-1));
    await closed;
    return Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1]);
  };
}

const asPage = (response: Response): Fields => ({
  cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
  origin: server.url,
});

async function newPerson() {
  const made = await send('POST', '/api/account', {}, { name: freshName(), password: PASSWORD });
  return { id: made.body.id, page: asPage(made.response) };
}

it('G9: what a copied cookie has begun does nothing after the password was changed', async () => {
  const lookUps = vi.spyOn(server.platform.accounts, 'byLogin');
  const { id, page } = await newPerson();
  const key = (await send('POST', '/api/account/keys', page, { label: 'mine' })).body.id;
  const device = await newDevice();
  const claim = await signClaim(id, device, new URL(server.url).host);
  const kept = await newDevice();
  await send('POST', '/api/account/peers', page, await signClaim(id, kept, new URL(server.url).host));
  await send('POST', '/api/account/webhook-secret', page);
  const pool = `/api/pools/${encodeURIComponent((await send('POST', '/api/pools', page, { ...MODEL, slug: 'mine' })).body.pool)}`;
  const file = new FormData();
  file.set('purpose', 'batch');
  file.set('file', new File(['{}\n'], 'x.jsonl'));
  const upload = new Response(file);
  const asForm = { 'content-type': upload.headers.get('content-type') ?? '' };
  const requests: [method: string, path: string, body: unknown][] = [
    ['POST', '/api/account/keys', { label: 'backdoor' }],
    ['DELETE', `/api/account/keys/${key}`, {}],
    ['POST', '/api/account/webhook-secret', {}],
    ['POST', '/api/account/peers', claim],
    ['DELETE', `/api/account/peers/${kept.peer}`, {}],
    ['POST', '/api/account/login/again', { password: NEW_PASSWORD }],
    ['POST', '/api/account/password', { oldPassword: NEW_PASSWORD, newPassword: PASSWORD }],
    ['DELETE', '/api/account/logins?keysToo=true', {}],
    ['POST', '/api/pools', { ...MODEL, slug: 'backdoor' }],
    ['PATCH', pool, { stages: 3 }],
    ['POST', `${pool}/unload`, {}],
    ['POST', `${pool}/peers`, { peer: device.peer }],
    ['POST', '/v1/batches', { input_file_id: 'file-x', endpoint: '/v1/completions', completion_window: '24h' }],
    ['POST', '/v1/chat/completions', { model: MODEL.repo, messages: [{ role: 'user', content: 'Hi' }] }],
  ];
  lookUps.mockClear();
  const begun = await Promise.all(
    requests.map(async ([method, path, body]) => {
      const finish = await begin(method, path, page, JSON.stringify(body));
      return { request: `${method} ${path}`, finish };
    }),
  );
  begun.push({
    request: 'upload',
    finish: await begin('POST', '/v1/files', { ...page, ...asForm }, await upload.text()),
  });
  await expect.poll(() => lookUps.mock.calls.length).toBe(begun.length);
  await Promise.all(lookUps.mock.results.map(({ value }) => value));
  const change = { oldPassword: PASSWORD, newPassword: NEW_PASSWORD };
  const changed = await send('POST', '/api/account/password', page, change);
  expect(changed.status).toBe(200);
  const mine = asPage(changed.response);
  for (const { request, finish } of begun) expect([request, await finish()]).toEqual([request, 401]);
  const after = await send('GET', '/api/account', mine);
  expect([after.status, after.body.peers]).toEqual([200, [kept.peer]]);
  // biome-ignore lint/suspicious/noExplicitAny: a field of an answer
  expect((await send('GET', '/api/account/keys', mine)).body.keys.map((one: any) => one.label)).toEqual(['mine']);
  expect((await send('GET', pool, {})).body).toMatchObject({ stages: null, loaded: true, listedPeers: 0 });
  expect(server.platform.pools.find(poolIdOf({ ...MODEL, slug: 'backdoor' }))).toBeUndefined();
  expect((await send('GET', '/v1/files', mine)).body.data).toEqual([]);
  lookUps.mockRestore();
});

it('G9: what a key has begun does nothing after it was revoked', async () => {
  const lookUps = vi.spyOn(server.platform.accounts, 'byKey');
  const { page } = await newPerson();
  const { id, key } = (await send('POST', '/api/account/keys', page, { label: 'lost' })).body;
  const auth = { authorization: `Bearer ${key}` };
  const line = { custom_id: 'a', method: 'POST', url: '/v1/completions', body: { model: MODEL.repo, prompt: 'x' } };
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new File([`${JSON.stringify(line)}\n`], 'x.jsonl'));
  const uploaded = await fetch(`${server.url}/v1/files`, { method: 'POST', headers: auth, body: form });
  const { id: file } = (await uploaded.json()) as { id: string };
  const batch = { input_file_id: file, endpoint: '/v1/completions', completion_window: '24h' };
  const chat = { model: MODEL.repo, messages: [{ role: 'user', content: 'x' }], max_tokens: 4 };
  const completion = { model: MODEL.repo, prompt: 'x', max_tokens: 4 };
  lookUps.mockClear();
  const begun = await Promise.all([
    begin('POST', '/v1/batches', auth, JSON.stringify(batch)),
    begin('POST', '/v1/chat/completions', auth, JSON.stringify(chat)),
    begin('POST', '/v1/completions', auth, JSON.stringify(completion)),
  ]);
  await expect.poll(() => lookUps.mock.calls.length).toBe(begun.length);
  await Promise.all(lookUps.mock.results.map(({ value }) => value));
  expect((await send('DELETE', `/api/account/keys/${id}`, page)).status).toBe(200);
  for (const finish of begun) expect(await finish()).toBe(401);
  expect((await send('GET', '/v1/batches', page)).body.data).toEqual([]);
  lookUps.mockRestore();
});
