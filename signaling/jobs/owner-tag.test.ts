import { expect, test } from 'vitest';
import { makeOwnerTag } from './owner-tag.ts';

test('one payer has one name at one server, and no other has it', () => {
  const [here, there] = [makeOwnerTag(), makeOwnerTag()];
  expect(here('account:1')).toBe(here('account:1'));
  expect(new Set([here('account:1'), here('account:2'), there('account:1')]).size).toBe(3);
  expect(here('account:1')).toMatch(/^[0-9a-f]{32}$/);
});
