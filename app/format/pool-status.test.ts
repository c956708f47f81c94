import { expect, test } from 'vitest';
import type { PoolInfo } from '../pools/pool-schemas.ts';
import { sortPools, statusOf } from './pool-status.ts';

const pool = (name: string, fields: Partial<PoolInfo>): PoolInfo => ({
  pool: name,
  model: { repo: 'owner/tiny', revision: 'main', dtype: 'q4' },
  state: 'ready',
  reason: '',
  peers: 1,
  isKept: true,
  stages: null,
  recruit: true,
  loaded: true,
  listedPeers: 0,
  ...fields,
});

test('what answers stands first, what was unloaded last', () => {
  const pools = [
    pool('off', { state: 'waiting', loaded: false }),
    pool('empty', { state: 'empty', peers: 0 }),
    pool('small', {}),
    pool('large', { peers: 5 }),
    pool('loading', { state: 'forming' }),
  ];
  expect(sortPools(pools).map((entry) => entry.pool)).toEqual(['large', 'small', 'loading', 'empty', 'off']);
});

test('an unloaded pool is not called waiting', () => {
  expect(statusOf({ state: 'waiting', loaded: false })).toBe('unloaded');
  expect(statusOf({ state: 'waiting', loaded: true })).toBe('waiting');
});
