import { expect, test } from 'vitest';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { type PoolRef, poolIdOf } from '../../protocol/ids.ts';
import { isMarket, readAddress } from './payout-address.ts';

test('an address is pasted with spaces, in any case', () => {
  expect(readAddress(` 0x${'Ab'.repeat(20)} `)).toEqual({ value: `0x${'ab'.repeat(20)}` });
});

test.each([
  ['', 'Write the address'],
  ['  ', 'Write the address'],
  ['ab'.repeat(20), '40 digits'],
  [`0x${'ab'.repeat(19)}`, '40 digits'],
  ['vitalik.eth', '40 digits'],
  [`0x${'0'.repeat(40)}`, 'lost'],
])('“%s” is told what it lacks', (text, problem) => {
  expect(readAddress(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test('a pool of that model and that name alone asks for one', () => {
  const model: PoolRef = { repo: 'a/b', revision: 'main', dtype: 'q4' };
  const pools = [
    { pool: poolIdOf(model), policy: 'commons' },
    { pool: poolIdOf({ ...model, slug: 'market' }), policy: 'market' },
  ] as PoolInfo[];
  expect(isMarket(pools, { ...model, slug: 'market' })).toBe(true);
  for (const other of [model, { ...model, slug: 'mine' }, { ...model, dtype: 'q8', slug: 'market' } as const])
    expect(isMarket(pools, other)).toBe(false);
  expect(isMarket(undefined, { ...model, slug: 'market' })).toBe(false);
});
