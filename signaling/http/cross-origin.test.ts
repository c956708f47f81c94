import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { allowOrigins, sameOriginOnly } from './cross-origin.ts';

const HOST = 'pool.example:3000';

describe('allowOrigins', () => {
  const appFor = (origins: '*' | string[]): Hono => {
    const app = new Hono();
    app.use('/v1/*', allowOrigins(origins, 'api'));
    app.use('/api/*', allowOrigins(origins, 'reads'));
    app.all('*', (c) => c.text('ok'));
    return app;
  };
  /** What the official client adds to a browser's own headers. */
  const ASKED = 'authorization,content-type,x-stainless-os,x-stainless-retry-count,openai-organization';
  const ask = (app: Hono, path: string, origin: string, method = 'GET') =>
    app.request(path, {
      method,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': ASKED },
    });

  it.each([
    ['*', 'https://any.example', '*'],
    [['https://a.example'], 'https://a.example', 'https://a.example'],
    [['https://a.example'], 'https://b.example', null],
    [['https://a.example'], 'null', null],
    [[], 'https://a.example', null],
  ] as const)('%o answers %s with %s', async (origins, origin, allowed) => {
    const app = appFor(origins === '*' ? '*' : [...origins]);
    for (const path of ['/v1/models', '/api/pools']) {
      const { headers } = await ask(app, path, origin);
      expect(headers.get('access-control-allow-origin')).toBe(allowed);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('A3: lets another site post to /v1 with a key and whatever headers it asks for, and only read /api', async () => {
    const app = appFor('*');
    const v1 = (await ask(app, '/v1/chat/completions', 'https://a.example', 'OPTIONS')).headers;
    expect(v1.get('access-control-allow-methods')).toContain('POST');
    expect(v1.get('access-control-allow-headers')).toBe(ASKED);
    expect(v1.get('access-control-allow-credentials')).toBeNull();
    const exposed = (await ask(app, '/v1/models', 'https://a.example')).headers.get('access-control-expose-headers');
    expect(exposed).toMatch(/retry-after.*x-request-id/i);
    const api = (await ask(app, '/api/pools', 'https://a.example', 'OPTIONS')).headers;
    expect(api.get('access-control-allow-methods')).toBe('GET,HEAD');
  });
});

describe('sameOriginOnly', () => {
  const app = new Hono();
  app.use(sameOriginOnly('https://public.example/base'));
  app.all('*', (c) => c.text('ok'));
  app.onError((error) => new Response(null, { status: PoolError.from(error).status }));

  it.each([
    ['POST', {}, 200],
    ['POST', { origin: `http://${HOST}` }, 200],
    ['POST', { origin: 'https://public.example' }, 200],
    ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
    ['GET', { origin: 'https://evil.example' }, 200],
    ['POST', { origin: 'https://evil.example' }, 403],
    ['DELETE', { origin: 'https://evil.example' }, 403],
    ['PUT', { origin: 'null' }, 403],
    ['POST', { origin: 'http://pool.example:3001' }, 403],
    ['POST', { origin: `http://sub.${HOST}`, 'sec-fetch-site': 'same-site' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('%s with %o: %i', async (method, headers, status) => {
    const response = await app.request('/api/x', { method, headers: { host: HOST, ...headers } as HeadersInit });
    expect(response.status).toBe(status);
  });
});
