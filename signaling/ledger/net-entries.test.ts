import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byLockOrder, type Entry, netEntries } from './net-entries.ts';
import { type AccountId, accountOwner } from './owner.ts';

const entry: fc.Arbitrary<Entry> = fc.record({
  owner: fc.constantFrom('account:a', 'account:B', 'peer:c', 'issuer').map((owner) => owner as Entry['owner']),
  bucket: fc.constantFrom('available', 'held'),
  amount: fc.integer({ min: -1000, max: 1000 }),
});

test('an event that does not balance is none', () => {
  const entries: Entry[] = [
    { owner: accountOwner('a' as AccountId), bucket: 'held', amount: -5 },
    { owner: accountOwner('b' as AccountId), bucket: 'available', amount: 4 },
  ];
  expect(() => netEntries(entries)).toThrow(expect.objectContaining({ code: 'internal' }));
  expect(() => netEntries([{ ...entries[0]!, amount: 0.5 }])).toThrow(expect.objectContaining({ code: 'internal' }));
});

test('netted, each owner and bucket once, in lock order, and the sums stay', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const rest = -entries.reduce((sum, { amount }) => sum + amount, 0);
      const balanced: Entry[] = [...entries, { owner: 'issuer', bucket: 'available', amount: rest }];
      const netted = netEntries(balanced);
      const sumOf = (list: readonly Entry[], { owner, bucket }: Entry): number =>
        list.reduce((sum, each) => sum + (each.owner === owner && each.bucket === bucket ? each.amount : 0), 0);
      for (const each of balanced) expect(sumOf(netted, each)).toBe(sumOf(balanced, each));
      for (const [index, each] of netted.entries()) {
        expect(each.amount).not.toBe(0);
        if (index > 0) expect(byLockOrder(netted[index - 1]!, each)).toBeLessThan(0);
      }
    }),
  );
});
