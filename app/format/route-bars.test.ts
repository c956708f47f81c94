import { expect, test } from 'vitest';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import { compareRoutes } from './route-bars.ts';

const plan: RoutePlan = {
  mode: 'lan',
  driver: 'here',
  local: false,
  drafter: 'none',
  stages: 3,
  reason: 'Three tabs within 4 ms hold it.',
  predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 90 },
  rejected: [
    {
      mode: 'speculative',
      why: 'Its laps are short already.',
      predicted: { tokensPerSecond: 20, timeToFirstTokenMs: 95 },
    },
    { mode: 'solo', why: 'No device has 9 GB.' },
  ],
};

test('the chosen route comes first and the fastest prediction fills the row', () => {
  const bars = compareRoutes(plan);
  expect(bars.map((bar) => [bar.name, bar.chosen, bar.percent])).toEqual([
    ['Tabs together', true, 100],
    ['Tabs together, guessing ahead', false, 50],
    ['One device', false, 0],
  ]);
  expect(bars[0]).not.toHaveProperty('actualPercent');
  expect(bars[2]).not.toHaveProperty('predicted');
});

test('an outcome better than every prediction sets the scale', () => {
  const [chosen, other] = compareRoutes(plan, 80);
  expect(chosen).toMatchObject({ percent: 50, actualPercent: 100, actualTokensPerSecond: 80 });
  expect(other?.percent).toBe(25);
});

test('a plan that predicts nothing draws empty bars, never NaN', () => {
  const bars = compareRoutes({ ...plan, predicted: { tokensPerSecond: 0, timeToFirstTokenMs: 0 }, rejected: [] }, 0);
  expect(bars[0]?.percent).toBe(0);
});

test('a plan in the asking tab is called so', () => {
  expect(compareRoutes({ ...plan, mode: 'solo', local: true })[0]?.name).toBe('This device');
});
