import { expect, test } from 'vitest';
import { MAX_STAGES } from '../limits.ts';
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

const { members, serving } = poolStateSchema.shape;
const peer = 'a'.repeat(32);
const listed = { peer, isHere: false, isListed: true };

test('a listed tab that is away has no measures, and one that is here may be excluded', () => {
  const excluded = { ...listed, isHere: true, backend: 'webgpu', msPerLayer: 2, memoryBytes: 1e9, device: 'x' };
  const rows = [listed, { ...excluded, excluded: 'stalled', layers: { start: 0, end: 4 } }];
  expect(members.parse(rows)).toEqual(rows);
});

test.each([
  ['a tab without an id', { peer: undefined }],
  ['an id that is a path', { peer: '../../x' }],
  ['a reason that this page does not know', { excluded: 'disliked' }],
  ['layers before the first', { layers: { start: -1, end: 2 } }],
  ['time that runs backwards', { msPerLayer: -1 }],
])('%s is refused', (_name, fields) => {
  expect(members.safeParse([{ ...listed, ...fields }]).success).toBe(false);
});

test('a coalition has seats to the bound and not one more; whose device it is, is not told', () => {
  const seat = { peer, start: 0, end: 1, backend: 'wasm', totalBytes: 1, loadedBytes: 0, ready: false };
  const seats = (length: number) => ({ epoch: 1, state: 'ready', seats: Array.from({ length }, () => seat) });
  expect(serving.parse(seats(MAX_STAGES))?.seats).toHaveLength(MAX_STAGES);
  expect(serving.safeParse(seats(MAX_STAGES + 1)).success).toBe(false);
  const told = { ...seats(1), seats: [{ ...seat, device: 'apple · metal-3' }] };
  expect(serving.parse(told)?.seats).toEqual([seat]);
});
