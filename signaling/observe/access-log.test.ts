import { Hono } from 'hono';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { rateLimit } from '../http/rate-limit.ts';
import { accessLog } from './access-log.ts';

const MARKER = 'marker-7f3a';

function startApp() {
  const lines: Record<string, unknown>[] = [];
  const requests: unknown[] = [];
  const logger = pino({ level: 'trace', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const app = new Hono();
  const metrics = { httpRequest: (request: unknown) => void requests.push(request) };
  app.use('*', accessLog({ logger, metrics, accountOf: (c) => c.req.header('x-account') }));
  app.use('/limited/*', rateLimit({ perMinute: 1, burst: 1 }));
  app.get('/limited/x', (c) => c.text('ok'));
  app.get('/healthz', (c) => c.text('ok'));
  const inner = new Hono();
  inner.post('/pools/:id', async (c) => c.json(await c.req.json(), 201));
  inner.get('/fail', () => {
    throw new PoolError('conflict', `of ${MARKER}`);
  });
  app.route('/api', inner);
  app.get('*', (c) => c.text('none', 404));
  app.onError((error) => new Response(null, { status: PoolError.from(error).status }));
  return { app, lines, requests };
}

describe('accessLog', () => {
  it('names the route as a pattern, the status, the time and a pseudonym', async () => {
    const { app, lines, requests } = startApp();
    const headers = { authorization: `Bearer ${MARKER}`, cookie: `session=${MARKER}`, 'x-account': MARKER };
    const body = JSON.stringify({ prompt: MARKER });
    await app.request(`/api/pools/${MARKER}?q=${MARKER}`, { method: 'POST', headers, body });
    await app.request(`/api/pools/${MARKER}`, { method: 'POST', headers, body });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ method: 'POST', route: '/api/pools/:id', status: 201, msg: 'http' });
    expect(lines[0]?.account).toMatch(/^[0-9a-f]{12}$/);
    expect(lines[1]?.account, 'the same account has the same pseudonym').toBe(lines[0]?.account);
    expect(requests[0]).toMatchObject({ method: 'POST', route: '/api/pools/:id', status: 201 });
    expect(JSON.stringify([lines, requests])).not.toContain(MARKER);
  });

  it('tells refusals and what is not there, by few patterns', async () => {
    const { app, lines } = startApp();
    await app.request(`/${MARKER}/x`);
    await app.request('/api/fail');
    await app.request('/limited/x');
    await app.request('/limited/x');
    expect(lines.map(({ route, status }) => [route, status])).toEqual([
      ['/*', 404],
      ['/api/fail', 409],
      ['/limited/x', 200],
      ['/limited/*', 429],
    ]);
    expect(JSON.stringify(lines)).not.toContain(MARKER);
  });

  it('keeps health checks out of the way', async () => {
    const { app, lines } = startApp();
    await app.request('/healthz');
    expect(lines).toMatchObject([{ level: 20, route: '/healthz' }]);
  });
});
