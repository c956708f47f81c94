import fc from 'fast-check';
import type { Address } from 'viem';
import { expect, test } from 'vitest';
import { dueOf, fits, splitUnits, sumByAddress, TOTAL_UNITS } from './split.ts';

const address = (at: number): Address => `0x${String(at).padStart(40, '0')}`;
const weightsOf = (weights: readonly bigint[]): Map<Address, bigint> =>
  new Map(weights.map((weight, at) => [address(at), weight]));
const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, each) => sum + each, 0);

test('units are all of them given, each within one of its exact part', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 24n }), { minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 0, max: TOTAL_UNITS }), (list, total) => {
      const units = splitUnits(weightsOf(list), total);
      const sum = list.reduce((all, each) => all + each, 0n);
      if (sum === 0n) return units.size === 0;
      list.forEach((weight, at) => {
        const exact = Number((weight * BigInt(total) * 1000n) / sum) / 1000;
        expect(Math.abs((units.get(address(at)) ?? 0) - exact)).toBeLessThanOrEqual(1.001);
      });
      return sumOf(units.values()) === total;
    }),
  );
});

test('two seats that are paid to one address are one', () => {
  const sums = sumByAddress([
    [address(1), 2n],
    [address(2), 5n],
    [address(1), 3n],
  ]);
  expect(sums).toEqual(
    new Map([
      [address(1), 5n],
      [address(2), 5n],
    ]),
  );
});

test('who has had more than its receipts are worth is due nothing, and owes nothing', () => {
  const due = dueOf(weightsOf([10n, 20n]), weightsOf([15n, 5n]));
  expect(due).toEqual(new Map([[address(1), 15n]]));
});

test('units fit where everybody gets what is due, and not where somebody else is paid for it', () => {
  const units = new Map([
    [address(0), 3500],
    [address(1), 3500],
  ]);
  const options = { operatorUnits: 7000, withinWei: 1n };
  expect(fits(units, weightsOf([50n, 50n]), options)).toBe(true);
  expect(fits(units, weightsOf([0n, 100n]), options)).toBe(false);
  expect(fits(new Map(), weightsOf([1_000n]), options)).toBe(false);
});
