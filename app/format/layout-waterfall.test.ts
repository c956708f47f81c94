import { expect, test } from 'vitest';
import type { AnswerStats, RouteStop } from '../../shard-worker/index.ts';
import { layoutWaterfall, type WaterfallRow } from './layout-waterfall.ts';

const stop: RouteStop = {
  ...{ stage: 0, start: 0, end: 4, backend: 'wasm', device: 'd', totalBytes: 1, batch: 1 },
  ...{ hopMs: 2, queueMs: 1, uploadMs: 0, computeMs: 10, readbackMs: 3 },
};
const stats: AnswerStats = {
  route: [stop, { ...stop, stage: 1, start: 4, end: 8, hopMs: 4 }],
  ...{ returnHopMs: 4, lapMs: 50, draftMs: 0, promptTokens: 1, tokens: 34, tokensPerSecond: 20 },
  ...{ timeToFirstTokenMs: 60, laps: 33, lapTokens: 33, drafted: 0, accepted: 0, drafter: 'none' },
};
const kinds = (rows: WaterfallRow[]) => rows.map(({ kind, ms }) => [kind, ms]);

test('stops follow one another, then the way back, then what nobody accounted for', () => {
  const { wholeMs, rows } = layoutWaterfall(stats);
  expect(wholeMs).toBe(50);
  expect(kinds(rows)).toEqual([
    ['stage', 16],
    ['stage', 18],
    ['return', 4],
    ['rest', 12],
  ]);
  expect(rows[1]!.stop).toBe(stats.route[1]);
});

test('each part begins where the one before it ended, and the last ends at the whole width', () => {
  for (const fields of [{}, { draftMs: 7 }, { lapMs: 12 }]) {
    const parts = layoutWaterfall({ ...stats, ...fields }).rows.flatMap((row) => row.parts);
    let end = 0;
    for (const part of parts) {
      expect(part.fromPercent).toBeCloseTo(end);
      end = part.fromPercent + part.percent;
    }
    expect(end).toBeCloseTo(100);
  }
});

test('a stage has all five parts, those of no time too', () => {
  const [first] = layoutWaterfall(stats).rows;
  expect(first!.parts.map(({ name, ms }) => [name, ms])).toEqual([
    ['wire', 2],
    ['queue', 1],
    ['upload', 0],
    ['compute', 10],
    ['readback', 3],
  ]);
});

test('drafting comes before the lap and is not taken from its rest', () => {
  const { wholeMs, rows } = layoutWaterfall({ ...stats, draftMs: 7 });
  expect(wholeMs).toBe(57);
  expect(kinds(rows)[0]).toEqual(['draft', 7]);
  expect(kinds(rows).at(-1)).toEqual(['rest', 12]);
  expect(layoutWaterfall({ ...stats, draftMs: 0.04 })).toEqual(layoutWaterfall(stats));
});

test('totals are by part and name no part that took no time', () => {
  expect(layoutWaterfall(stats).totals).toEqual([
    { name: 'wire', ms: 10 },
    { name: 'queue', ms: 2 },
    { name: 'compute', ms: 20 },
    { name: 'readback', ms: 6 },
    { name: 'rest', ms: 12 },
  ]);
});

test('reports that exceed the lap are the whole: there is no negative rest', () => {
  const { wholeMs, rows } = layoutWaterfall({ ...stats, lapMs: 12 });
  expect(wholeMs).toBe(38);
  expect(rows.map(({ kind }) => kind)).toEqual(['stage', 'stage', 'return']);
});

test.each([-3, Number.NaN, Number.POSITIVE_INFINITY])('a stage that reports %d ms shrinks nobody', (odd) => {
  const { rows } = layoutWaterfall({ ...stats, route: [{ ...stop, computeMs: odd }], returnHopMs: odd, draftMs: odd });
  expect(kinds(rows)).toEqual([
    ['stage', 6],
    ['rest', 44],
  ]);
});

test('no lap, no rows', () => {
  expect(layoutWaterfall({ ...stats, lapMs: 0 })).toEqual({ wholeMs: 0, rows: [], totals: [] });
});
