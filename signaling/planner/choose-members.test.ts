import { expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { chooseMembers, scoreRing } from './choose-members.ts';
import { holdWithFewest } from './hold-model.ts';
import { type RingContext, ringContext } from './ring-context.ts';
import { type Ring, ringInOrder, shapeRing } from './shape-ring.ts';
import { EIGHT_B, randomWorld } from './test-peers.ts';

/** Devices that each hold a part of an 8B model, so that choice and order count. */
function worldOf(count: number, seed: number): RingContext {
  const random = seededRandom(seed);
  const { candidates, rtt } = randomWorld(count, seed);
  const cramped = candidates.map(({ peer, capability }) => ({
    peer,
    capability: { ...capability, memoryBytes: Math.round((0.7 + random() * 2) * 1e9) },
  }));
  return ringContext(EIGHT_B, cramped, 4096, rtt);
}

function* arrangements(count: number, chosen: number[] = []): Generator<number[]> {
  if (chosen.length > 0) yield chosen;
  for (let next = 0; next < count; next += 1) if (!chosen.includes(next)) yield* arrangements(count, [...chosen, next]);
}

/** How much worse than the best of `rings` what was chosen is: 1 is as good. */
function gapTo(context: RingContext, rings: Iterable<Ring | undefined>): number | undefined {
  const fewest = holdWithFewest(context);
  if (!fewest) return undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const ring of rings) if (ring) best = Math.min(best, scoreRing(ring, fewest.length));
  const chosen = chooseMembers(context, fewest);
  return chosen ? scoreRing(chosen, fewest.length) / best : Number.POSITIVE_INFINITY;
}

it('is within 1 % of the best of all members, orders and cuts of six devices', () => {
  const gaps = Array.from({ length: 40 }, (_, seed) => {
    const context = worldOf(6, seed);
    return gapTo(
      context,
      [...arrangements(6)].map((order) => ringInOrder(context, order)),
    );
  }).filter((gap) => gap !== undefined);
  expect(gaps.length).toBeGreaterThan(20);
  expect(Math.max(...gaps)).toBeLessThan(1.01);
  expect(gaps.filter((gap) => gap < 1 + 1e-9).length).toBeGreaterThan(gaps.length * 0.8);
});

it.each([11, 12])(
  'is within a tenth of the best of all subsets of %s, where it does not look at all of them',
  (count) => {
    const gaps = Array.from({ length: 6 }, (_, round) => {
      const context = worldOf(count, 100 + round);
      const fewest = holdWithFewest(context)?.length ?? 0;
      const subsets = Array.from({ length: 1 << count }, (_unused, bits) =>
        Array.from({ length: count }, (_index, index) => index).filter((index) => (bits >> index) & 1),
      ).filter(({ length }) => length >= Math.max(1, fewest) && length <= fewest + 1);
      return gapTo(
        context,
        subsets.map((members) => shapeRing(context, members)),
      );
    }).filter((gap) => gap !== undefined);
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.max(...gaps)).toBeLessThan(1.1);
  },
);
