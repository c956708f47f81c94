import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { LOGIN_TRIES_PER_MINUTE, limitLogins, rateLimit } from './rate-limit.ts';

const withErrors = (): Hono => {
  const app = new Hono();
  app.onError((thrown, c) => {
    const error = PoolError.from(thrown);
    return Response.json({ error: error.toShape() }, { status: error.status, headers: c.res.headers });
  });
  return app;
};
const env = (remoteAddress: string, forwarded?: string) => ({
  incoming: { socket: { remoteAddress }, headers: forwarded ? { 'x-forwarded-for': forwarded } : {} },
});

describe('rateLimit', () => {
  it('answers 429 with Retry-After, by address', async () => {
    const app = withErrors();
    let refused = 0;
    app.use(rateLimit({ perMinute: 60, burst: 2, onRefused: () => (refused += 1) }));
    app.get('/', (c) => c.text('ok'));
    const get = (address: string) => app.request('/', {}, env(address));
    expect((await get('203.0.113.7')).status).toBe(200);
    expect((await get('203.0.113.7')).status).toBe(200);
    const late = await get('203.0.113.7');
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await late.json()).toMatchObject({ error: { code: 'rate-limited', data: { retryAfterSeconds: 1 } } });
    expect((await get('203.0.113.8')).status).toBe(200);
    expect(refused).toBe(1);
  });

  it('G16: counts a long body as the many requests that it is as much work as', async () => {
    const app = withErrors();
    app.use(rateLimit({ perMinute: 60, burst: 2 }));
    app.post('/', (c) => c.text('ok'));
    const post = (headers: Record<string, string>, address: string) =>
      app.request('/', { method: 'POST', headers }, env(address));
    const waits = async (headers: Record<string, string>, address: string) => {
      expect((await post(headers, address)).status).toBe(200);
      const late = [await post({}, address), await post({}, address)].find(({ status }) => status === 429);
      return late?.headers.get('retry-after');
    };
    expect(await waits({ 'content-length': '1000' }, '203.0.113.1')).toBe('1');
    expect(await waits({ 'content-length': String(1024 * 1024) }, '203.0.113.2')).toBe('16');
    expect(await waits({ 'content-length': '1e300' }, '203.0.113.3')).toBe('31');
    expect(await waits({ 'transfer-encoding': 'chunked' }, '203.0.113.4')).toBe('15');
    expect(await waits({ 'content-length': '-5' }, '203.0.113.5')).toBe('1');
  });

  it('lets few log-ins through', async () => {
    const app = withErrors();
    app.post('/login', limitLogins(), (c) => c.text('no', 401));
    const statuses: number[] = [];
    for (let tries = 0; tries <= LOGIN_TRIES_PER_MINUTE; tries++)
      statuses.push((await app.request('/login', { method: 'POST' }, env('203.0.113.7'))).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(LOGIN_TRIES_PER_MINUTE);
    expect(statuses.at(-1)).toBe(429);
  });
});
