// What somebody who found an API key, or has none at all, gets at a whole server.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { type RunningServer, startServer } from '../start-server.ts';
import { PASSWORD } from './test-account.ts';

vi.setConfig({ testTimeout: OPEN_TIMEOUT_MS });

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ logger: 'silent', modelsDir: 'public/models' });
}, OPEN_TIMEOUT_MS);
afterAll(() => server.close());

const send = (path: string, init: { method?: string; body?: unknown; headers: Record<string, string> }) =>
  fetch(server.url + path, {
    method: init.method ?? 'GET',
    headers: { ...init.headers, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });

it('G9: a key that was found makes nothing that outlives it', async () => {
  const opened = await send('/api/account', { method: 'POST', body: { name: 'ada', password: PASSWORD }, headers: {} });
  const asPage = { cookie: opened.headers.get('set-cookie')?.split(';')[0] ?? '', origin: server.url };
  const make = { method: 'POST', body: { label: 'laptop' }, headers: asPage };
  const { id, key } = (await (await send('/api/account/keys', make)).json()) as { id: string; key: string };
  const headers = { authorization: `Bearer ${key}` };
  const pool = { repo: 'computepool/guide-4m-draft', revision: 'main', dtype: 'q4' };
  for (const [method, path, body] of [
    ['POST', '/api/account/keys', { label: 'second' }],
    ['POST', '/api/account/webhook-secret', undefined],
    ['DELETE', `/api/account/keys/${id}`, undefined],
    ['POST', '/api/pools', pool],
    ['GET', '/api/account', undefined],
    ['GET', '/api/account/jobs', undefined],
  ] as const) {
    const refused = await send(path, { method, body, headers });
    expect([path, refused.status]).toEqual([path, 403]);
  }
  expect((await send('/v1/computepool/usage', { headers })).status).toBe(200);
  expect((await send(`/api/account/keys/${id}`, { method: 'DELETE', headers: asPage })).status).toBe(200);
  expect((await send('/v1/computepool/usage', { headers })).status).toBe(401);
});

it('G16: keys that nobody made buy no look-up each', async () => {
  const lookUps = vi.spyOn(server.platform.accounts, 'byKey');
  const statuses = new Set<number>();
  for (let at = 0; at < 300; at += 1) {
    const headers = { authorization: `Bearer cp-${String(at).padStart(43, 'x')}` };
    statuses.add((await send('/v1/files', { headers })).status);
  }
  expect(lookUps.mock.calls.length).toBeLessThan(200);
  expect(statuses).toEqual(new Set([401, 429]));
});
