import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { guardApp } from './guard-app.ts';
import { LOGIN_TRIES_PER_MINUTE } from './rate-limit.ts';

const HOST = 'pool.example';

function startApp(ratePerMinute = 600) {
  const lines: { route: string; status: number }[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const app = new Hono();
  const config = { corsOrigins: ['https://a.example'], ratePerMinute, trustedProxies: 0, publicUrl: `https://${HOST}` };
  guardApp(app, { config, logger });
  app.all('/api/*', (c) => c.text('ok'));
  app.all('/v1/*', (c) => c.text('ok'));
  app.get('*', (c) => c.text('page'));
  app.onError((thrown, c) => {
    const error = PoolError.from(thrown);
    return Response.json({ error: error.toShape() }, { status: error.status, headers: c.res.headers });
  });
  const env = { incoming: { socket: { remoteAddress: '203.0.113.7' }, headers: {} } };
  const ask = (method: string, path: string, headers = {}) =>
    app.request(path, { method, headers: { host: HOST, ...headers } }, env);
  return { ask, lines };
}

it('lets pages of this site change things, and others read what they may', async () => {
  const { ask } = startApp();
  const other = { origin: 'https://a.example' };
  expect((await ask('POST', '/api/pools', { origin: `https://${HOST}` })).status).toBe(200);
  expect((await ask('POST', '/api/pools', other)).status).toBe(403);
  const read = await ask('GET', '/api/pools', other);
  expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, 'https://a.example']);
  expect((await ask('POST', '/v1/chat/completions', other)).status).toBe(200);
  const stranger = await ask('GET', '/api/pools', { origin: 'https://b.example' });
  expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
});

it('limits the API by address, says so to pages of other sites too, and leaves the site alone', async () => {
  const { ask, lines } = startApp(2);
  const origin = { origin: 'https://a.example' };
  const statuses: number[] = [];
  for (let times = 0; times < 2; times++) statuses.push((await ask('GET', '/v1/models', origin)).status);
  const late = await ask('GET', '/api/pools', origin);
  expect([...statuses, late.status]).toEqual([200, 200, 429]);
  expect(late.headers.get('retry-after')).toBe('30');
  expect(late.headers.get('access-control-allow-origin')).toBe('https://a.example');
  expect(late.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await ask('GET', '/join')).status).toBe(200);
  expect(lines.map(({ route, status }) => [route, status])).toEqual([
    ['/v1/*', 200],
    ['/v1/*', 200],
    ['/api/*', 429],
    ['/*', 200],
  ]);
});

it('lets few passwords be tried', async () => {
  const { ask } = startApp();
  for (let tries = 0; tries < LOGIN_TRIES_PER_MINUTE; tries++)
    expect((await ask('POST', '/api/account/login')).status).toBe(200);
  expect((await ask('POST', '/api/account/login')).status).toBe(429);
  for (const path of ['/api/account', '/api/account/login/again', '/api/account/password'])
    expect((await ask('POST', path)).status, 'the same purse').toBe(429);
  expect((await ask('GET', '/api/account')).status).toBe(200);
});
