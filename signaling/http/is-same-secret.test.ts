import { expect, it } from 'vitest';
import { isSameSecret } from './is-same-secret.ts';

it.each([
  ['', '', true],
  ['a token', 'a token', true],
  ['a token', 'a tokem', false],
  ['a token', 'a token ', false],
  ['a token', '', false],
])('%j and %j: %s', (one, other, same) => {
  expect(isSameSecret(one, other)).toBe(same);
});
