import { expect, test } from 'vitest';
import { MAX_TOKEN_MICROS } from '../credits.ts';
import { newPoolSchema, poolPatchSchema } from './pool-change.ts';

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
