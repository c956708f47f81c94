import { expect, test } from 'vitest';
import { poolStateSchema } from './pool-state.ts';

const recent = poolStateSchema.shape.recent;
const predicted = { tokensPerSecond: 1, timeToFirstTokenMs: 2 };
const plan = {
  mode: 'lan',
  driver: 'entry',
  local: false,
  drafter: 'none',
  stages: 1,
  reason: '',
  predicted,
  rejected: [],
};

test('an outcome that an older server kept is read, with what it did not measure as zero or missing', () => {
  const kept = { ...predicted, lapMs: 3, route: [{ stage: 0, start: 0, end: 4, hopMs: 1, computeMs: 6 }] };
  const [read] = recent.parse([{ endedAt: '2026-03-04T05:06:07.000Z', mode: 'lan', predicted, outcome: kept, plan }]);
  expect(read?.outcome).toEqual({ ...kept, route: [{ ...kept.route[0], uploadMs: 0, readbackMs: 0 }] });
});
