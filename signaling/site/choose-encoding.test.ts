import { expect, it } from 'vitest';
import { chooseEncoding } from './choose-encoding.ts';

it.each([
  [null, undefined],
  ['', undefined],
  ['identity', undefined],
  ['zstd, deflate', undefined],
  ['gzip, deflate, br, zstd', 'br'],
  ['GZip', 'gzip'],
  ['br;q=0.001', 'br'],
  ['br;q=0', undefined],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['gzip;q=0.5, br;q=0.5', 'br'],
  [' gzip ; q=0.9 , br ; q=0.8 ', 'gzip'],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['*;q=0, gzip', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['gzip;q=0.5, *;q=0.1', 'gzip'],
  ['br;q=0.5, identity', undefined],
  ['br;q=0.5, identity;q=0.5', 'br'],
  ['identity;q=0, gzip;q=0.2', 'gzip'],
  ['identity;q=0, *;q=0', undefined],
  [';;;,,=q', undefined],
] as const)('%j gets %s of br and gzip', (header, encoding) => {
  expect(chooseEncoding(header, ['gzip', 'br'])).toBe(encoding);
});

it('gives what is there and nothing else', () => {
  expect(chooseEncoding('br, gzip;q=0.1', ['gzip'])).toBe('gzip');
  expect(chooseEncoding('br', ['gzip'])).toBeUndefined();
  expect(chooseEncoding('br, gzip', [])).toBeUndefined();
});
