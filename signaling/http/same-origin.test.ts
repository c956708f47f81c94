import { expect, test } from 'vitest';
import { senderOf } from './same-origin.ts';

test.each([
  [{ origin: 'https://pool.example', host: 'pool.example' }, 'own'],
  [{ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }, 'own'],
  [{ origin: 'https://pool.example:443', host: 'pool.example' }, 'own'],
  [{ origin: 'https://pool.example', host: 'POOL.example' }, 'own'],
  [{ origin: 'https://evil.example', host: 'pool.example' }, 'other'],
  [{ origin: 'https://pool.example.evil.example', host: 'pool.example' }, 'other'],
  [{ origin: 'https://pool.example:8443', host: 'pool.example' }, 'other'],
  [{ origin: 'null', host: 'pool.example' }, 'other'],
  [{ host: 'pool.example' }, 'none'],
  [{ 'sec-fetch-site': 'same-origin' }, 'own'],
  [{ 'sec-fetch-site': 'same-site', origin: 'https://pool.example', host: 'pool.example' }, 'other'],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://pool.example', host: 'pool.example' }, 'other'],
  [{ 'sec-fetch-site': 'none' }, 'none'],
  [{ origin: 'https://public.example', host: '127.0.0.1:3000' }, 'own'],
  [{ origin: 'http://public.example', host: '127.0.0.1:3000' }, 'other'],
  [{ origin: 'https://pool.example', host: 'no host at all' }, 'other'],
] as const)('%j: %s', (headers, expected) => {
  expect(senderOf(new Headers(headers as Record<string, string>), 'https://public.example')).toBe(expected);
});
