import { expect, test } from 'vitest';
import { LAP_TIMEOUT_MS } from '../../protocol/limits.ts';
import { LapDeadline } from './lap-deadline.ts';

test('a ring of which nothing is known has the longest time', () => {
  const deadline = new LapDeadline();
  deadline.learn(1, 10);
  deadline.learn(1, 10);
  expect(deadline.ofRows(1)).toBe(LAP_TIMEOUT_MS);
});

test('one that is fast is lost after fifteen seconds, one that is slow after eight times its slowest lap', () => {
  const deadline = new LapDeadline();
  for (let lap = 0; lap < 3; lap++) deadline.learn(1, 20);
  expect(deadline.ofRows(1)).toBe(15_000);
  deadline.learn(1, 4_000);
  expect(deadline.ofRows(1)).toBe(32_000);
  // Forgotten after sixteen.
  for (let lap = 0; lap < 16; lap++) deadline.learn(1, 20);
  expect(deadline.ofRows(1)).toBe(15_000);
});

test('more rows may take longer, in proportion; never more than the longest time', () => {
  const deadline = new LapDeadline();
  for (let lap = 0; lap < 3; lap++) deadline.learn(2, 200);
  expect(deadline.ofRows(64)).toBe(8 * 6_400);
  expect(deadline.ofRows(512)).toBe(LAP_TIMEOUT_MS);
  // A lap of many rows says nothing against one of few.
  deadline.learn(64, 2_000);
  expect(deadline.ofRows(1)).toBe(16_000);
});
