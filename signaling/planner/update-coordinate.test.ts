import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { type Coordinate, clampRttMs, estimateRttMs, UNPLACED, updateCoordinate } from './update-coordinate.ts';

it('learns the distances of a made-up world', () => {
  const random = seededRandom(5);
  const places = Array.from({ length: 24 }, () => ({ x: random() * 200, y: random() * 100, line: 2 + random() * 10 }));
  const rtt = (a: number, b: number): number => {
    const [one, two] = [places[a]!, places[b]!];
    return Math.hypot(one.x - two.x, one.y - two.y) + one.line + two.line;
  };
  const nodes: Coordinate[] = places.map(() => UNPLACED);
  for (let turn = 0; turn < 24 * 200; turn += 1) {
    const [a, b] = [turn % 24, Math.floor(random() * 24)];
    if (a !== b) nodes[a] = updateCoordinate(nodes[a]!, nodes[b]!, rtt(a, b), turn * 2.4);
  }
  const errors: number[] = [];
  for (let a = 0; a < 24; a += 1) {
    for (let b = 0; b < a; b += 1) errors.push(Math.abs(estimateRttMs(nodes[a]!, nodes[b]!) - rtt(a, b)) / rtt(a, b));
  }
  errors.sort((a, b) => a - b);
  expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
});

it('stays finite and within its bounds whatever it is told', () => {
  const samples = fc.array(fc.tuple(fc.double(), fc.double({ noNaN: true, min: -10, max: 10 }), fc.boolean()), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(samples, (told) => {
      let own = UNPLACED;
      let other: Coordinate = { ...UNPLACED, x: 40 };
      for (const [ms, angle, swap] of told) {
        const before = own;
        own = updateCoordinate(own, other, ms, angle);
        expect(Math.hypot(own.x - before.x, own.y - before.y)).toBeLessThanOrEqual(25 * (1 + 1e-9));
        expect([own.x, own.y, own.heightMs, own.error].every(Number.isFinite)).toBe(true);
        expect(own.heightMs).toBeGreaterThan(0);
        expect(own.error).toBeLessThanOrEqual(1);
        if (swap) [own, other] = [other, own];
      }
    }),
  );
});

it('takes nothing from what is no round trip', () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, -1])
    expect(updateCoordinate(UNPLACED, UNPLACED, ms)).toBe(UNPLACED);
  expect(clampRttMs(1e9)).toBe(2000);
  expect(clampRttMs(0)).toBe(0.1);
});
