import { expect, test } from 'vitest';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { splitLap } from './lap-parts.ts';

const stop = { stage: 0, start: 0, end: 4, backend: 'wasm' as const, device: 'd', totalBytes: 1 };
const stats: AnswerStats = {
  route: [
    { ...stop, computeMs: 10, batch: 1, queueMs: 1, uploadMs: 0, readbackMs: 0, hopMs: 2 },
    { ...stop, stage: 1, computeMs: 20, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 3 },
  ],
  returnHopMs: 4,
  lapMs: 50,
  draftMs: 0,
  promptTokens: 1,
  tokens: 2,
  tokensPerSecond: 20,
  timeToFirstTokenMs: 60,
  laps: 33,
  drafted: 0,
  accepted: 0,
  drafter: 'none',
};

test('stages are summed and what they did not report is the rest', () => {
  expect(splitLap(stats).map(({ name, ms }) => [name, ms])).toEqual([
    ['compute', 30],
    ['wait', 1],
    ['hops', 5],
    ['return', 4],
    ['rest', 10],
  ]);
});

test('the shares fill the bar', () => {
  const total = splitLap(stats).reduce((sum, part) => sum + part.percent, 0);
  expect(total).toBeCloseTo(100);
  expect(splitLap(stats)[0]!.percent).toBeCloseTo(60);
});

test('parts that are longer than the lap leave no negative rest', () => {
  const parts = splitLap({ ...stats, lapMs: 12, draftMs: 0 });
  expect(parts.map((part) => part.name)).not.toContain('rest');
  expect(parts.reduce((sum, part) => sum + part.percent, 0)).toBeCloseTo(100);
});

test('a clock that ran backwards does not shrink the others', () => {
  const parts = splitLap({ ...stats, returnHopMs: -3 });
  expect(parts.find((part) => part.name === 'return')).toBeUndefined();
});

test('no lap, no parts', () => {
  expect(splitLap({ ...stats, route: [], returnHopMs: 0, lapMs: 0, draftMs: 0 })).toEqual([]);
});
