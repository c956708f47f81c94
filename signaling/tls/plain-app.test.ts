import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createPlainApp } from './plain-app.ts';

const siteDir = mkdtempSync(join(tmpdir(), 'computepool-plain-'));
mkdirSync(join(siteDir, '_next/static'), { recursive: true });
writeFileSync(join(siteDir, 'trust.html'), '<h1>Trust</h1>');
writeFileSync(join(siteDir, 'chat.html'), '<h1>Chat</h1>');
writeFileSync(join(siteDir, '_next/static/a.js'), '1');
afterAll(() => rmSync(siteDir, { recursive: true, force: true }));

const expires = new Date('2036-01-01T00:00:00Z');
const own = {
  authority: { der: Buffer.from([0x30, 0x01]), fingerprint: 'AB:CD', expires, isNew: false },
  addresses: (scheme: string) => [`${scheme}://desk.local:3000`],
};
const app = createPlainApp({ own, siteDir, hosts: { host: '0.0.0.0', allowedHosts: ['desk.local'] } });
const ask = (path: string, init: RequestInit = {}) =>
  app.request(`http://desk.local:3000${path}`, { ...init, headers: { host: 'desk.local:3000' } });

it('has the page that says what to do, what it is made of, and what it asks for', async () => {
  const page = await ask('/trust?to=%2Fchat');
  expect([page.status, await page.text()]).toEqual([200, '<h1>Trust</h1>']);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  expect(page.headers.get('strict-transport-security')).toBeNull();
  expect((await ask('/_next/static/a.js')).status).toBe(200);
  expect(await (await ask('/api/trust')).json()).toEqual({
    authority: {
      ...{ fingerprint: 'AB:CD', expires: expires.toISOString() },
      ...{ secure: ['https://desk.local:3000'], plain: ['http://desk.local:3000'] },
    },
  });
});

it('gives the certificate as phones install it', async () => {
  const response = await ask('/trust/authority.crt');
  expect(response.headers.get('content-type')).toBe('application/x-x509-ca-cert');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(own.authority.der);
});

it.each([
  ['/', '/'],
  ['/chat?ask=Hello', '/chat?ask=Hello'],
  ['/docs/api', '/docs/api'],
])('sends a page from %s to it, with the way on to %s', async (path, to) => {
  const response = await ask(path);
  expect(response.status).toBe(302);
  const url = new URL(response.headers.get('location') ?? '', 'http://desk.local:3000');
  expect([url.pathname, url.searchParams.get('to')]).toEqual(['/trust', to]);
});

it.each(['/v1/chat/completions', '/api/account', '/control', '/models/index.json', '/metrics'])(
  'takes no key and no login at %s',
  async (path) => {
    for (const method of ['GET', 'POST']) {
      const response = await ask(path, { method });
      expect(response.status).toBe(426);
      expect(await response.text()).toContain('https://');
    }
  },
);

it('is no server for names that are not its own', async () => {
  const response = await app.request('http://evil.example/trust', { headers: { host: 'evil.example' } });
  expect(response.status).toBe(421);
});
