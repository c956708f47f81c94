import { expect, test } from 'vitest';
import type { PoolMember } from '../../protocol/http/pool-state.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { sortMembers } from './sort-members.ts';

const id = (digit: number) => String(digit).repeat(32) as PeerId;
const member = (digit: number, fields: Partial<PoolMember> = {}): PoolMember => ({
  peer: id(digit),
  isHere: true,
  isListed: false,
  ...fields,
});
const seat = (digit: number, start: number) => ({
  ...{ peer: id(digit), start, end: start + 2, backend: 'wasm' as const },
  ...{ totalBytes: 1, loadedBytes: 1, ready: true },
});

test('the ring comes first in its own order, then reserve, excluded and away', () => {
  const members = [
    member(5, { isHere: false, isListed: true }),
    member(4, { excluded: 'failed' }),
    member(1),
    member(3),
    member(2),
  ];
  const rows = sortMembers(members, [seat(2, 0), seat(1, 2)]);
  expect(rows.map((row) => [row.member.peer[0], row.seat?.start])).toEqual([
    ['2', 0],
    ['1', 2],
    ['3', undefined],
    ['4', undefined],
    ['5', undefined],
  ]);
});

test('a seat whose tab has just left is still shown', () => {
  expect(sortMembers([], [seat(7, 0)])[0]?.member.peer).toBe(id(7));
});
