import { expect, test } from 'vitest';
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { sortPools, statusOf } from './pool-status.ts';

const pool = (repo: string, fields: Partial<PoolInfo>): PoolInfo => ({
  pool: poolIdOf({ repo: `owner/${repo}`, revision: 'main', dtype: 'q4' }),
  model: { repo: `owner/${repo}`, revision: 'main', dtype: 'q4' },
  state: 'ready',
  reason: '',
  peers: 1,
  isKept: true,
  stages: null,
  recruit: true,
  loaded: true,
  listedPeers: 0,
  embedOrigins: [],
  sponsor: null,
  ...{ policy: 'commons', market: null, price: null, createdBy: null, details: null, createdAt: null, updatedAt: null },
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
  const names = ['large', 'small', 'loading', 'empty', 'off'].map((name) => `owner/${name}`);
  expect(sortPools(pools).map(({ model }) => model.repo)).toEqual(names);
});

test('an unloaded pool is not called waiting', () => {
  expect(statusOf({ state: 'waiting', loaded: false })).toBe('unloaded');
  expect(statusOf({ state: 'waiting', loaded: true })).toBe('waiting');
});
