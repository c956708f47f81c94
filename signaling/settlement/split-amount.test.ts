import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitAmount } from './split-amount.ts';

test('what is left goes to the largest fractions, ties by name', () => {
  const shares = [
    { to: 'c', weight: 10n },
    { to: 'b', weight: 10n },
    { to: 'a', weight: 12n },
  ];
  // 32 / 3 = 10: a has 4 whole, b and c 3 and a third each. The one that is left falls to b.
  expect(Object.fromEntries(splitAmount(shares, 3n))).toEqual({ a: 4, b: 3, c: 3 });
  expect(Object.fromEntries(splitAmount(shares.slice(0, 2), 4n))).toEqual({ b: 3, c: 2 });
  expect(splitAmount([], 3n).size).toBe(0);
});

test('nothing is made or lost, nobody is off by a whole micro, and order means nothing', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { maxLength: 20 });
  fc.assert(
    fc.property(weights, fc.bigInt({ min: 1000n, max: 2000n }), (list, divisor) => {
      const shares = list.map((weight, index) => ({ to: String(index), weight }));
      const amounts = splitAmount(shares, divisor);
      const sum = [...amounts.values()].reduce((total, amount) => total + BigInt(amount), 0n);
      expect(sum).toBe(list.reduce((total, weight) => total + weight, 0n) / divisor);
      for (const { to, weight } of shares) {
        const extra = BigInt(amounts.get(to)!) - weight / divisor;
        expect(extra === 0n || extra === 1n).toBe(true);
      }
      expect(new Map([...splitAmount([...shares].reverse(), divisor)].sort())).toEqual(new Map([...amounts].sort()));
    }),
  );
});
