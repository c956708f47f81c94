import { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import type { MetricsAccess } from '../config/config-types.ts';
import { createMetrics } from '../observe/create-metrics.ts';
import { opsRoutes, type ReadinessCheck } from './ops-routes.ts';

const TOKEN = 'a-token-of-some-length';

function startApp(fields: { access?: MetricsAccess; checks?: ReadinessCheck[] } = {}): Hono {
  const app = new Hono();
  const metrics = createMetrics({ controlPeers: () => 3 });
  const { access = { kind: 'loopback' }, checks = [] } = fields;
  app.route('/', opsRoutes({ metrics, access, checks, health: () => ({ peers: 3 }) }));
  app.onError((error) => new Response(null, { status: PoolError.from(error).status }));
  return app;
}
const env = (remoteAddress: string, headers = {}) => ({ incoming: { socket: { remoteAddress }, headers } });

describe('/metrics', () => {
  const read = (access: MetricsAccess, address: string, headers: Record<string, string> = {}) =>
    startApp({ access }).request('/metrics', { headers }, env(address, headers));

  it.each([
    [{ kind: 'loopback' }, '127.0.0.1', {}, 200],
    [{ kind: 'loopback' }, '::1', {}, 200],
    [{ kind: 'loopback' }, '10.0.0.7', {}, 404],
    [{ kind: 'loopback' }, '127.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, 404],
    [{ kind: 'token', token: TOKEN }, '10.0.0.7', { authorization: `Bearer ${TOKEN}` }, 200],
    [{ kind: 'token', token: TOKEN }, '127.0.0.1', {}, 404],
    [{ kind: 'token', token: TOKEN }, '127.0.0.1', { authorization: `Bearer ${TOKEN}x` }, 404],
    [{ kind: 'token', token: TOKEN }, '127.0.0.1', { authorization: 'Bearer ' }, 404],
    [{ kind: 'off' }, '127.0.0.1', {}, 404],
  ] as const)('%o from %s with %o: %i', async (access, address, headers, status) => {
    const response = await read(access, address, headers);
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.text()).toContain('computepool_control_peers 3');
  });

  it('is closed where nothing is known of the socket', async () => {
    expect((await startApp().request('/metrics')).status).toBe(404);
  });
});

describe('/healthz and /readyz', () => {
  it('alive is not ready', async () => {
    const checks: ReadinessCheck[] = [
      { name: 'roster', check: () => {} },
      { name: 'database', check: () => Promise.reject(new Error('connect ECONNREFUSED postgres://u:hunter2@db')) },
      {
        name: 'server',
        check: () => {
          throw new PoolError('shutting-down', 'It is going down.');
        },
      },
    ];
    const app = startApp({ checks });
    const health = await app.request('/healthz');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'ok', peers: 3, uptimeSeconds: expect.any(Number) });
    const ready = await app.request('/readyz');
    expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await ready.json()).toEqual({
      status: 'not-ready',
      reasons: ['database does not answer.', 'server: It is going down.'],
    });
  });

  it('is ready when every check passes', async () => {
    const ready = await startApp({ checks: [{ name: 'database', check: async () => {} }] }).request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', reasons: [] }]);
  });

  it('waits no longer than two seconds', async () => {
    vi.useFakeTimers();
    try {
      const asked = startApp({ checks: [{ name: 'database', check: () => new Promise(() => {}) }] }).request('/readyz');
      await vi.advanceTimersByTimeAsync(2_000);
      expect((await asked).status).toBe(503);
    } finally {
      vi.useRealTimers();
    }
  });
});
