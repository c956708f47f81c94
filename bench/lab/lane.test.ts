import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../protocol/test-random.ts';
import { Lane } from './lane.ts';
import { DIRECT } from './link-shape.ts';

test('delay alone is added to every packet', () => {
  const lane = new Lane(seededRandom(1));
  expect([0, 1, 7].map((at) => lane.admit({ ...DIRECT, delayMs: 50 }, at, 1200))).toEqual([50, 51, 57]);
});

test('a cap sends packets one behind the other, and drops what its queue cannot hold', () => {
  const lane = new Lane(seededRandom(1));
  const shape = { ...DIRECT, delayMs: 10, bytesPerSecond: 1_000_000, queueBytes: 3000 };
  expect([0, 0, 0, 0].map((at) => lane.admit(shape, at, 1000))).toEqual([11, 12, 13, undefined]);
  // Later the queue has emptied.
  expect(lane.admit(shape, 20, 1000)).toBe(31);
});

test('losses are as frequent as asked for, and the same for the same seed', () => {
  const lose = (seed: number) => {
    const lane = new Lane(seededRandom(seed));
    return Array.from({ length: 20_000 }, (_, at) => lane.admit({ ...DIRECT, lossRate: 0.01 }, at, 100) === undefined);
  };
  const lost = lose(7).filter(Boolean).length;
  expect(lost).toBeGreaterThan(140);
  expect(lost).toBeLessThan(260);
  expect(lose(7)).toEqual(lose(7));
  expect(lose(8)).not.toEqual(lose(7));
});

test('jitter never reorders and stays within its bound, whatever arrives when', () => {
  const gaps = fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer(), (steps, seed) => {
      const lane = new Lane(seededRandom(seed));
      let [now, latest] = [0, 0];
      for (const step of steps) {
        now += step;
        const due = lane.admit({ ...DIRECT, delayMs: 20, jitterMs: 8 }, now, 500)!;
        expect(due).toBeGreaterThanOrEqual(latest);
        expect(due).toBeGreaterThanOrEqual(now + 20);
        expect(due).toBeLessThan(now + 28 + 1e-6);
        latest = due;
      }
    }),
  );
});
