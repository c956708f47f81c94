import { describe, expect, test } from 'vitest';
import { sourceOf } from './source-of.ts';

const ORIGIN = 'https://pool.example';
const pages = { '/': 'a', '/chat': 'b', '/icon.svg': 'd' };
const source = (path: string, { method = 'GET', headers = {} } = {}) =>
  sourceOf({ method, url: new URL(path, ORIGIN).href, headers: new Headers(headers) }, ORIGIN, { pages });

test.each(['/_next/static/a1b2.js', '/_next/static/runtime.wasm', '/_next/static/a1b2.js?dpl=1'])(
  '%s comes from what is kept',
  (path) => {
    expect(source(path)).toBe('kept');
  },
);

test.each(['/', '/chat?mode=solo', '/chat/', '/chat.html', '/chat.html?x=1', '/icon.svg'])(
  '%s comes from the server while it answers',
  (path) => {
    expect(source(path)).toBe('server');
  },
);

describe('what is not the site’s is left alone', () => {
  test.each([
    ...['/api/config', '/v1/chat/completions', '/models/index.json', '/models/a/b/resolve/main/config.json'],
    ...['/control', '/peerjs/id', '/metrics', '/nowhere', '/chat/deeper', '/sw.js', '/constructor'],
    ...['https://other.example/chat', 'https://other.example/_next/static/a.js'],
  ])('%s', (path) => {
    expect(source(path)).toBeUndefined();
  });

  test('nor what is sent, nor a part of a file', () => {
    expect(source('/chat', { method: 'POST' })).toBeUndefined();
    expect(source('/chat', { method: 'HEAD' })).toBeUndefined();
    expect(source('/_next/static/runtime.wasm', { headers: { Range: 'bytes=0-9' } })).toBeUndefined();
  });
});
