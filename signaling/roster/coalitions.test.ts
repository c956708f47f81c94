import { expect, test } from 'vitest';
import type { Coalition } from '../../protocol/control.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { coalitionsOf, formingOf, readyOf, servingOf, withForming, withServing } from './coalitions.ts';
import { emptyPool } from './roster-state.ts';

const model = { repo: 'a/b', revision: 'main', dtype: 'q4' } as const;
const pool = emptyPool(poolIdOf(model), 0);
const coalition = (epoch: number, state: Coalition['state']): Coalition => ({
  ...{ pool: pool.id, model, epoch, state, seats: [] },
});
const loading = { coalition: coalition(3, 'forming'), progressAtMs: new Map() };

test('an empty pool has none', () => {
  expect([servingOf(pool), formingOf(pool)]).toEqual([undefined, undefined]);
  expect([readyOf(pool), coalitionsOf(pool)]).toEqual([[], []]);
});

test('what loads stands beside what answers, and neither takes the other’s place', () => {
  const both = withServing(withForming(pool, loading), coalition(2, 'ready'));
  expect(coalitionsOf(both).map(({ epoch }) => epoch)).toEqual([2, 3]);
  expect(servingOf(both)?.epoch).toBe(2);
  expect(formingOf(both)).toBe(loading);
  expect(coalitionsOf(withForming(both, undefined)).map(({ epoch }) => epoch)).toEqual([2]);
  expect(coalitionsOf(withServing(both, undefined)).map(({ epoch }) => epoch)).toEqual([3]);
  expect(coalitionsOf(withServing(both, coalition(4, 'ready'))).map(({ epoch }) => epoch)).toEqual([4, 3]);
});

test('one that is broken is what served, and answers nobody', () => {
  const broken = withServing(pool, coalition(2, 'broken'));
  expect(servingOf(broken)?.state).toBe('broken');
  expect(readyOf(broken)).toEqual([]);
  expect(formingOf(broken)).toBeUndefined();
});
