import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { orderRing } from './order-ring.ts';

type Costs = (from: number, to: number) => number;

const lengthOf = (order: readonly number[], costOf: Costs): number =>
  order.reduce((total, from, at) => total + costOf(from, order[(at + 1) % order.length]!), 0);

function* permutations(rest: readonly number[], chosen: number[] = []): Generator<number[]> {
  if (rest.length === 0) yield chosen;
  for (const next of rest)
    yield* permutations(
      rest.filter((other) => other !== next),
      [...chosen, next],
    );
}

/** Symmetric, but of no plane: nothing may lean on the triangle inequality. */
const costsOf =
  (values: readonly number[]): Costs =>
  (from, to) =>
    values[(Math.min(from, to) * 31 + Math.max(from, to) * 17) % values.length]!;

it('equals the best of all orders up to 7 peers', () => {
  const any = fc.record({
    count: fc.integer({ min: 1, max: 7 }),
    values: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 40, maxLength: 40 }),
  });
  fc.assert(
    fc.property(any, ({ count, values }) => {
      const costOf = costsOf(values);
      const order = orderRing(count, costOf);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(order[0]).toBe(0);
      const rest = Array.from({ length: count - 1 }, (_, index) => index + 1);
      const best = Math.min(...[...permutations(rest)].map((tail) => lengthOf([0, ...tail], costOf)));
      expect(lengthOf(order, costOf)).toBe(best);
    }),
    { numRuns: 60 },
  );
});

it('keeps the given order when no other is shorter', () => {
  expect(orderRing(8, () => 5)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it.each([16, 40, 64])('walks a circle of %s peers around, though they are shuffled', (count) => {
  const random = seededRandom(count);
  const angles = Array.from({ length: count }, (_, index) => ({ at: (2 * Math.PI * index) / count, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ at }) => at);
  const costOf: Costs = (a, b) => 100 * Math.abs(Math.sin((angles[a]! - angles[b]!) / 2));
  const shortest = count * 100 * Math.sin(Math.PI / count);
  expect(lengthOf(orderRing(count, costOf), costOf)).toBeCloseTo(shortest);
});

it('is within a tenth of the exact ring just above the bound of the exact search', () => {
  const random = seededRandom(21);
  for (let round = 0; round < 5; round += 1) {
    const places = Array.from({ length: 11 }, () => [random() * 200, random() * 100] as const);
    const costOf: Costs = (a, b) => Math.hypot(places[a]![0] - places[b]![0], places[a]![1] - places[b]![1]);
    // The exact ring of 11 is not cheaper than the exact ring of any 10 of them, the triangle inequality holding.
    const exactOfTen = lengthOf(orderRing(10, costOf), costOf);
    const found = lengthOf(orderRing(11, costOf), costOf);
    expect(found).toBeGreaterThanOrEqual(exactOfTen - 1e-9);
    const detour = Math.min(...places.slice(0, 10).map((_, a) => costOf(a, 10)));
    expect(found).toBeLessThanOrEqual((exactOfTen + 2 * detour) * 1.1);
  }
});
