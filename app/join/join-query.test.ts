import { expect, test } from 'vitest';
import { joinAddress } from '../state/page-address.ts';
import { parseJoinQuery } from './join-query.ts';

const parse = (text: string) => parseJoinQuery(new URLSearchParams(text));

test('an empty address asks for nothing', () => {
  expect(parse('')).toEqual({ wish: {}, backend: 'auto', auto: false, shards: 1, keepPacked: false, problems: [] });
});

test('everything can be asked for', () => {
  expect(parse('model=a/b&revision=v1&dtype=q4&backend=wasm&auto=1&shards=2&memoryMb=64&packed=1')).toEqual({
    wish: { repo: 'a/b', revision: 'v1', dtype: 'q4' },
    backend: 'wasm',
    auto: true,
    shards: 2,
    memoryBytes: 64_000_000,
    keepPacked: true,
    problems: [],
  });
});

test.each([
  ['shards=0', 1],
  ['shards=-4', 1],
  ['shards=999', 8],
  ['shards=2.9', 2],
  ['shards=many', 1],
])('%s is held to %d', (text, shards) => {
  expect(parse(text).shards).toBe(shards);
});

test('only auto=1 joins without a click', () => {
  expect(parse('auto=true').auto).toBe(false);
  expect(parse('auto=0').auto).toBe(false);
});

test('a backend that is none is named and left to the device', () => {
  const { backend, problems } = parse('backend=cuda');
  expect(backend).toBe('auto');
  expect(problems).toHaveLength(1);
});

test.each(['memoryMb=-1', 'memoryMb=x', 'memoryMb=0'])('%s is no pledge', (text) => {
  expect(parse(text)).not.toHaveProperty('memoryBytes');
});

test('the address that other pages write is read back', () => {
  const pool = { repo: 'owner/name.v2', revision: 'main', dtype: 'q4f16' } as const;
  const read = (address: string) => parseJoinQuery(new URL(address, 'http://site').searchParams);
  expect(read(joinAddress(pool))).toMatchObject({ wish: pool, auto: false, problems: [] });
  expect(read(joinAddress(pool, { auto: true })).auto).toBe(true);
});
