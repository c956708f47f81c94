import { expect, test } from 'vitest';
import type { PoolId } from '../../protocol/ids.ts';
import type { OwnerId } from '../ledger/owner.ts';
import { Overshoot } from './overshoot.ts';

const [A, B] = ['peer:a', 'peer:b'] as [OwnerId, OwnerId];
const [ONE, OTHER] = ['a/one@main:q4', 'a/other@main:q4'] as [PoolId, PoolId];

test('whoever leaves more unpaid than it may gets less of a lead, there alone, until it has paid enough', () => {
  const overshoot = new Overshoot();
  expect(overshoot.aheadOf(A, ONE)).toBe(256);
  overshoot.take(A, ONE, 511);
  expect(overshoot.isUsedUp(A, ONE)).toBe(false);
  overshoot.take(A, ONE, 1);
  expect([overshoot.aheadOf(A, ONE), overshoot.aheadOf(A, OTHER), overshoot.aheadOf(B, ONE)]).toEqual([8, 256, 256]);
  overshoot.paid(A, ONE, 4);
  expect(overshoot.aheadOf(A, ONE)).toBe(256);
});

test('an honest one that stops each of its answers early never uses it up, however far away it is', () => {
  const overshoot = new Overshoot();
  for (let answer = 0; answer < 1000; answer++) {
    // 22 tokens on their way at 111 tokens a second and 100 ms; an answer of a hundred.
    overshoot.take(A, ONE, 22);
    overshoot.paid(A, ONE, 100);
  }
  expect(overshoot.isUsedUp(A, ONE)).toBe(false);
});

test('what is owed and what is saved up have bounds', () => {
  const overshoot = new Overshoot();
  overshoot.take(A, ONE, 1e9);
  overshoot.paid(A, ONE, 4 * 2049);
  expect(overshoot.isUsedUp(A, ONE)).toBe(false);
  overshoot.paid(A, ONE, 1e9);
  overshoot.take(A, ONE, 2048);
  expect(overshoot.isUsedUp(A, ONE)).toBe(true);
});
