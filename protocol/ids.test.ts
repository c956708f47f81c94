import { describe, expect, test } from 'vitest';
import {
  modelOf,
  modelRefSchema,
  newSessionId,
  peerIdSchema,
  poolIdOf,
  poolIdSchema,
  poolRefOf,
  readPoolId,
  repoSchema,
  revisionSchema,
  sessionIdSchema,
} from './ids.ts';

const fits = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;

test('session ids are 16 hex digits and do not repeat', () => {
  const ids = Array.from({ length: 1000 }, newSessionId);
  for (const id of ids) expect(fits(sessionIdSchema, id)).toBe(true);
  expect(new Set(ids).size).toBe(1000);
});

test.each(['', 'AB'.repeat(16), 'a'.repeat(31), 'a'.repeat(33), `${'a'.repeat(32)}\n`, 'g'.repeat(32), 7, null])(
  '%j is no peer id',
  (value) => {
    expect(fits(peerIdSchema, value)).toBe(false);
  },
);

describe('repositories', () => {
  test.each(['onnx-community/Qwen3-0.6B-ONNX', 'computepool/guide-4m', 'a/b', 'HuggingFaceTB/SmolLM2_x.y'])(
    '%s is one',
    (repo) => {
      expect(fits(repoSchema, repo)).toBe(true);
    },
  );

  test.each([
    'name',
    '/name',
    'owner/',
    '../x/y',
    'a/../b',
    './b',
    'a/.b',
    'a/b/c',
    'a b/c',
    'a/b?x',
    'a/b#',
    `a/${'b'.repeat(97)}`,
    'a/b\n',
  ])('%j is none: it could leave its folder or change an address', (repo) => {
    expect(fits(repoSchema, repo)).toBe(false);
  });
});

test.each([
  ['main', true],
  ['v1.0', true],
  ['0123456789abcdef0123456789abcdef01234567', true],
  ['', false],
  ['..', false],
  ['refs/pr/1', false],
  ['a%2e', false],
])('%j as a revision: %s', (revision, expected) => {
  expect(fits(revisionSchema, revision)).toBe(expected);
});

test('a pool is named by repository, revision and dtype', () => {
  const model = modelRefSchema.parse({ repo: 'a/b', revision: 'main', dtype: 'q4' });
  expect(poolIdOf(model)).toBe('a/b@main:q4');
  expect(fits(modelRefSchema, { ...model, dtype: 'q5' })).toBe(false);
});

describe('the name of a pool', () => {
  const model = modelRefSchema.parse({ repo: 'a/b', revision: 'v1.0', dtype: 'q4' });

  test.each([
    [model, 'a/b@v1.0:q4'],
    [{ ...model, slug: 'market' }, 'a/b@v1.0:q4/market'],
    [{ ...model, slug: 'a-2' }, 'a/b@v1.0:q4/a-2'],
  ])('is read back as it was written: %j', (pool, id) => {
    expect(poolIdOf(pool)).toBe(id);
    expect(readPoolId(id)).toEqual(pool);
    expect(poolRefOf(poolIdSchema.parse(id))).toEqual(pool);
    expect(modelOf(pool)).toEqual(model);
  });

  test.each([
    '',
    'a/b',
    'a/b@main',
    'a/b@main:q5',
    'a/b@main:q4/',
    'a/b@main:q4/Market',
    'a/b@main:q4/-x',
    'a/b@main:q4/x-',
    `a/b@main:q4/${'x'.repeat(41)}`,
    'a/b@main:q4/x/y',
    'a/b@main:q4:q4',
    'a/b@x@main:q4',
    '../b@main:q4',
    'a/b@main:q4\n',
    `${'a'.repeat(400)}/b@main:q4`,
  ])('%j is none', (id) => {
    expect(readPoolId(id)).toBeUndefined();
    expect(fits(poolIdSchema, id)).toBe(false);
  });
});
