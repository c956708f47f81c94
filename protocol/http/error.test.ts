import { expect, test } from 'vitest';
import { errorBodySchema } from './error.ts';

const error = { code: 'conflict', message: 'The name is taken.', next: 'Wait.' };
const read = (fields: object) => errorBodySchema.safeParse({ error: { ...error, ...fields } });

test('a code of another version is read, and data of any depth', () => {
  expect(read({ code: 'brand-new', data: { a: { b: [1, null] } } }).data?.error).toEqual({
    ...error,
    code: 'brand-new',
    data: { a: { b: [1, null] } },
  });
});

test.each([
  { message: undefined },
  { message: 'x'.repeat(501) },
  { next: 7 },
  { code: 409 },
  { data: [] },
  { data: 'x' },
])('%o is not ours', (fields) => expect(read(fields).success).toBe(false));

test('data that names a prototype becomes nobody’s prototype', () => {
  const data: unknown = JSON.parse('{"__proto__":{"isAdmin":true},"kept":1}');
  const parsed = read({ data }).data?.error.data as { isAdmin?: boolean; kept?: number };
  expect(parsed.kept).toBe(1);
  expect(parsed.isAdmin).toBeUndefined();
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
});
