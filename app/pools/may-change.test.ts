import { expect, test } from 'vitest';
import { mayChange } from './may-change.ts';

const ann = { id: 'ann' };

test.each([
  [{ createdBy: 'ann' }, ann, true],
  [{ createdBy: 'bob' }, ann, false],
  [{ createdBy: null }, ann, false],
  [{ createdBy: 'ann' }, undefined, false],
  [{ createdBy: null }, undefined, false],
])('%o for %o: %s', (pool, account, expected) => {
  expect(mayChange(pool, account)).toBe(expected);
});
