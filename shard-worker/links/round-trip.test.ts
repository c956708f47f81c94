import { expect, test } from 'vitest';
import { RoundTrip } from './round-trip.ts';

test('a short round trip is sure at once, a long one when a row of samples says so', () => {
  const [near, far] = [new RoundTrip(), new RoundTrip()];
  expect(near.isSure).toBe(false);
  near.add(2);
  expect([near.ms, near.isSure]).toEqual([2, true]);
  for (let sample = 0; sample < 15; sample++) far.add(250);
  expect([far.ms, far.isSure]).toEqual([250, false]);
  far.add(240);
  expect([far.ms, far.isSure]).toEqual([240, true]);
});

test('samples that make no sense count for nothing', () => {
  const roundTrip = new RoundTrip();
  for (const sample of [-1, Number.NaN, 60_000]) roundTrip.add(sample);
  expect([roundTrip.ms, roundTrip.isSure]).toEqual([0, false]);
});
