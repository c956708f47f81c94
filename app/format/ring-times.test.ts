import { expect, test } from 'vitest';
import type { PoolLive } from '../../protocol/http/pool-state.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { readRingTimes } from './ring-times.ts';

const peers = ['0', '1'].map((digit) => digit.repeat(32) as PeerId) as [PeerId, PeerId];
const seat = (index: 0 | 1) => ({
  peer: peers[index],
  start: 4 * index,
  end: 4 * index + 4,
  backend: 'wasm' as const,
  totalBytes: 1,
  loadedBytes: 1,
  ready: true,
});
const serving = { epoch: 3, seats: [seat(0), seat(1)] };
const members: PoolLive['members'] = [
  { peer: peers[1], isHere: true, isListed: false, msPerLayer: 2 },
  { peer: peers[0], isHere: true, isListed: false, msPerLayer: 1.5 },
];
const stop = (stage: number) => ({
  stage,
  start: 4 * stage,
  end: 4 * stage + 4,
  computeMs: 7 + stage,
  batch: 1,
  queueMs: 0,
  uploadMs: 0,
  readbackMs: 0,
  hopMs: 1,
});
const predicted = { tokensPerSecond: 1, timeToFirstTokenMs: 1 };
const answer = (epoch: number, stops: number): PoolLive['recent'][number] => ({
  endedAt: new Date(0),
  mode: 'lan',
  predicted,
  plan: { mode: 'lan', driver: 'entry', local: false, drafter: 'none', stages: 2, reason: '', predicted, rejected: [] },
  outcome: {
    ...{ tokensPerSecond: 1, timeToFirstTokenMs: 1, lapMs: 1, draftMs: 0, epoch, returnHopMs: 2 },
    route: Array.from({ length: stops }, (_, index) => stop(index)),
  },
});

test('the newest answer of this very coalition gives compute and hops', () => {
  const times = readRingTimes(serving, { members, recent: [answer(4, 2), answer(3, 2)] });
  expect(times).toEqual({ source: 'answer', stageMs: [7, 8], hopMs: [1, 1, 2] });
});

test('answers of other coalitions do not count: the probes stand in, seat by seat', () => {
  const times = readRingTimes(serving, { members, recent: [answer(4, 2), answer(3, 1)] });
  expect(times).toEqual({ source: 'probe', stageMs: [6, 8], hopMs: [] });
});

test('without probes nothing is known', () => {
  expect(readRingTimes(serving, { members: [], recent: [] }).source).toBe('none');
});
