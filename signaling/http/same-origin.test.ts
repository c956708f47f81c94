import { expect, test } from 'vitest';
import { isSameOrigin } from './same-origin.ts';

test.each([
  [{ origin: 'https://pool.example', host: 'pool.example' }, true],
  [{ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }, true],
  [{ origin: 'https://pool.example:443', host: 'pool.example' }, true],
  [{ origin: 'https://pool.example', host: 'POOL.example' }, true],
  [{ origin: 'https://evil.example', host: 'pool.example' }, false],
  [{ origin: 'https://pool.example.evil.example', host: 'pool.example' }, false],
  [{ origin: 'https://pool.example:8443', host: 'pool.example' }, false],
  [{ origin: 'null', host: 'pool.example' }, false],
  [{ host: 'pool.example' }, false],
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-site', origin: 'https://pool.example', host: 'pool.example' }, false],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://pool.example', host: 'pool.example' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
] as const)('%j: %s', (headers, expected) => {
  expect(isSameOrigin(new Headers(headers as Record<string, string>))).toBe(expected);
});
