import { expect, test } from 'vitest';
import { MAX_TOKEN_MICROS } from '../credits.ts';
import { newPoolSchema, poolPatchSchema } from './pool.ts';
import { poolStateSchema } from './pool-state.ts';

const entry = { repo: 'owner/tiny', dtype: 'q4' };

test('a pool needs a model and no more', () => {
  expect(newPoolSchema.parse(entry)).toEqual(entry);
});

test.each([
  ['repo', { repo: '../../etc' }, 'must be owner/name'],
  ['revision', { revision: '../x' }, 'must be a branch, tag or commit'],
  ['slug', { slug: 'Market' }, 'must be small letters, digits and hyphens'],
])('a %s is refused in words, not by its pattern', (field, fields, message) => {
  expect(newPoolSchema.safeParse({ ...entry, ...fields }).error?.issues).toMatchObject([{ path: [field], message }]);
});

test.each([{ bogus: 1 }, { stages: 0 }, { stages: 65 }, { maxContext: 0 }, { recruit: null }, { price: {} }])(
  '%o is refused',
  (fields) => {
    expect(newPoolSchema.safeParse({ ...entry, ...fields }).success).toBe(false);
    expect(poolPatchSchema.safeParse(fields).success).toBe(false);
  },
);

test('null takes a value away in a change alone, and a price has an end', () => {
  expect(poolPatchSchema.parse({ stages: null, price: null })).toEqual({ stages: null, price: null });
  expect(newPoolSchema.safeParse({ ...entry, stages: null }).success).toBe(false);
  const price = { promptMicros: 0, completionMicros: MAX_TOKEN_MICROS };
  expect(poolPatchSchema.parse({ price })).toEqual({ price });
  expect(poolPatchSchema.safeParse({ price: { ...price, completionMicros: MAX_TOKEN_MICROS + 1 } }).success).toBe(
    false,
  );
});

const recent = poolStateSchema.shape.recent;
const predicted = { tokensPerSecond: 1, timeToFirstTokenMs: 2 };
const plan = {
  mode: 'lan',
  driver: 'entry',
  local: false,
  drafter: 'none',
  stages: 1,
  reason: '',
  predicted,
  rejected: [],
};

test('an outcome that an older server kept is read, with what it did not measure as zero or missing', () => {
  const kept = { ...predicted, lapMs: 3, route: [{ stage: 0, start: 0, end: 4, hopMs: 1, computeMs: 6 }] };
  const [read] = recent.parse([{ endedAt: '2026-03-04T05:06:07.000Z', mode: 'lan', predicted, outcome: kept, plan }]);
  expect(read?.outcome).toEqual({ ...kept, route: [{ ...kept.route[0], uploadMs: 0, readbackMs: 0 }] });
});
