import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { Invite } from './invite.tsx';
import { isOwnDevice } from './is-own-device.ts';

const pool = poolIdOf({ repo: 'owner/tiny', revision: 'main', dtype: 'q4', slug: 'lab' });
afterEach(() => vi.unstubAllGlobals());

const drawAt = (origin: string): string => {
  vi.stubGlobal('window', { location: new URL(origin) });
  return renderToStaticMarkup(createElement(Invite, { pool }));
};

test('E7: the link leads to this very pool, can be copied, and is there for a camera', () => {
  const html = drawAt('https://pool.example');
  expect(html).toContain('https://pool.example/join?model=owner%2Ftiny&amp;revision=main&amp;dtype=q4&amp;pool=lab');
  expect(html).toContain('Copy<span class="sr-only"> the invite</span>');
  expect(html).toContain('aria-label="QR code of this invite"');
  expect(html).not.toContain('0.0.0.0');
});

test('E7: an address that no other device can open says so and what to do', () => {
  const html = drawAt('http://localhost:3000');
  expect(html).toContain('http://localhost:3000/join?');
  expect(html).toContain('npm start -- --tls');
  expect(html).not.toContain('<svg');
});

test.each(['localhost', 'a.localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '[::1]', '0.0.0.0'])('%s', (name) => {
  expect(isOwnDevice(name)).toBe(true);
});

test.each(['pool.example', 'localhost.example', '192.168.1.7', '[fe80::1]', 'mylocalhost'])('not %s', (name) => {
  expect(isOwnDevice(name)).toBe(false);
});
