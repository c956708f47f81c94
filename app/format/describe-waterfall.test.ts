import { expect, test } from 'vitest';
import type { AnswerStats, RouteStop } from '../../shard-worker/index.ts';
import { nameRow, tellLap, tellRow } from './describe-waterfall.ts';
import { layoutWaterfall } from './layout-waterfall.ts';

const stop: RouteStop = {
  ...{ stage: 0, start: 0, end: 4, backend: 'wasm', device: 'Linux x86_64', totalBytes: 2_400_000, batch: 1 },
  ...{ hopMs: 1.5, queueMs: 0.08, uploadMs: 0, computeMs: 5.25, readbackMs: 0.4 },
};
const stats: AnswerStats = {
  route: [stop, { ...stop, stage: 1, start: 4, end: 8, batch: 2.5 }],
  ...{ returnHopMs: 2, lapMs: 20, draftMs: 4, promptTokens: 1, tokens: 25, tokensPerSecond: 40 },
  ...{ timeToFirstTokenMs: 60, laps: 10, lapTokens: 24, drafted: 20, accepted: 14, drafter: 'ngram' },
};
const { rows } = layoutWaterfall(stats);

test('rows are named by what they are', () => {
  expect(rows.map(nameRow)).toEqual([
    { title: 'Drafting', note: 'before the lap' },
    { title: '1 · layers [0, 4)', note: 'WASM · Linux x86_64 · 2.4 MB' },
    { title: '2 · layers [4, 8)', note: 'WASM · Linux x86_64 · 2.4 MB' },
    { title: 'Back to the entry', note: '' },
    { title: 'Rest', note: 'sending, clocks' },
  ]);
});

test('every time of a row is told, below a millisecond in hundredths', () => {
  const told = rows.map(tellRow);
  expect(told[1]).toBe('Stage 1: wire 1.5 ms, queue 0.08 ms, upload 0.00 ms, compute 5.3 ms, read back 0.40 ms.');
  expect(told[2]).toMatch(/; 2\.5 sessions shared a run\.$/);
  expect(told[0]).toContain('4.0 ms');
  expect(told[3]).toContain('2.0 ms');
  expect(told[4]).toContain('3.5 ms');
});

test('a lap is told with the tokens that it brought and what a token took', () => {
  expect(tellLap({ ...stats, tokensPerSecond: 100 })).toBe(
    'One lap with its drafting took 24 ms and brought 2.4 tokens; a token took 10 ms. Means over 10 laps.',
  );
  const plain = { ...stats, draftMs: 0, tokens: 11, tokensPerSecond: 50 };
  expect(tellLap(plain)).toBe('One lap took 20 ms and brought one token; a token took 20 ms. Means over 10 laps.');
  expect(tellLap({ ...plain, laps: 1, tokens: 2 })).toContain('One lap was measured.');
});

test('laps that overlap are said to', () => {
  const told = tellLap({ ...stats, draftMs: 0, tokens: 11, tokensPerSecond: 150 });
  expect(told).toContain('a token took 6.7 ms, since several laps were on their way at once.');
  expect(tellLap({ ...stats, tokensPerSecond: 0 })).not.toContain('several laps');
});
