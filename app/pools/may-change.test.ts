import { expect, test } from 'vitest';
import { mayChange } from './may-change.ts';

const ann = { id: 'ann' };

test.each([
  [{ isKept: true, createdBy: 'ann' }, ann, true],
  [{ isKept: true, createdBy: 'bob' }, ann, false],
  [{ isKept: true, createdBy: null }, ann, false],
  [{ isKept: true }, ann, true],
  [{ isKept: true }, undefined, false],
  [{ isKept: false }, ann, false],
])('%o for %o: %s', (pool, account, expected) => {
  expect(mayChange(pool, account)).toBe(expected);
});
