import { expect, test } from 'vitest';
import { jobStatsSchema } from '../../protocol/job.ts';
import { AnswerStatsMeter } from './answer-stats.ts';
import type { LapReport } from './generate-options.ts';
import type { RingClient } from './ring-client.ts';
import { makeRing } from './test-ring.ts';

const NO_GUESS = { drafted: 0, accepted: 0, drafter: 'none' } as const;

function report(ring: RingClient, fields: Partial<LapReport> = {}): LapReport {
  const trace = ring.seats.map((_, stage) => ({
    ...{ stage, batch: 1 + stage, queueMicros: 500, uploadMicros: 100, computeMicros: 2000, readbackMicros: 250 },
    hopMicros: 1000 * stage,
  }));
  const lap = { rows: [], trace, returnHopMs: 3, lapMs: 10 };
  return { lap, ring, isPrefill: false, gained: 1, ...fields };
}

test('means are per lap, rates per token, and the prefill belongs to neither', () => {
  const { client } = makeRing([3]);
  const meter = new AnswerStatsMeter({
    promptTokens: 7,
    startedMs: 100,
    speculation: () => ({ ...NO_GUESS, drafted: 4 }),
  });
  expect(meter.hasLaps).toBe(false);
  meter.add(report(client, { isPrefill: true }), 150);
  meter.add(report(client, { gained: 3, draftMs: 4 }), 170);
  meter.add(report(client), 190);
  const stats = meter.stats(5);
  expect(stats).toMatchObject({
    lapMs: 10,
    draftMs: 2,
    returnHopMs: 3,
    laps: 2,
    lapTokens: 4,
    tokens: 5,
    promptTokens: 7,
    drafted: 4,
  });
  expect(stats).toMatchObject({ timeToFirstTokenMs: 50, tokensPerSecond: 100 });
  const times = { queueMs: 0.5, uploadMs: 0.1, computeMs: 2, readbackMs: 0.25 };
  expect(stats.route).toEqual([
    expect.objectContaining({ start: 0, end: 3, batch: 1, hopMs: 0, ...times }),
    expect.objectContaining({ start: 3, end: 8, batch: 2, hopMs: 1, ...times }),
  ]);
  const stop = { stage: 1, start: 3, end: 8, batch: 2, hopMs: 1, ...times };
  expect(meter.jobStats(99).route[1]).toEqual(stop);
  expect(meter.jobStats(99)).toMatchObject({ epoch: 1, totalMs: 90, laps: 2 });
});

test('another route has its own times; tokens and laps go on', () => {
  const [first, second] = [makeRing([3]).client, makeRing([2, 5], { epoch: 2 }).client];
  const meter = new AnswerStatsMeter({ promptTokens: 1, startedMs: 0, speculation: () => NO_GUESS });
  meter.add(report(first, { isPrefill: true }), 10);
  meter.add(report(first), 20);
  meter.add(report(second, { isPrefill: true }), 40);
  expect(meter.stats().lapMs).toBe(0);
  meter.add(report(second), 50);
  expect(meter.stats()).toMatchObject({ laps: 2, tokens: 4, lapMs: 10, tokensPerSecond: 75 });
  expect(meter.jobStats(9)).toMatchObject({ epoch: 2, route: [{ stage: 0 }, { stage: 1 }, { stage: 2 }] });
});

test('an answer without a lap has statistics that the server takes', () => {
  const meter = new AnswerStatsMeter({ promptTokens: 1, startedMs: 5, speculation: () => NO_GUESS });
  const stats = meter.jobStats(3);
  expect(jobStatsSchema.parse(stats)).toEqual(stats);
  expect(stats).toMatchObject({ epoch: 3, route: [], totalMs: 0, tokensPerSecond: 0 });
});

test('a trace of a stage that no coalition has is left out', () => {
  const { client } = makeRing([]);
  const meter = new AnswerStatsMeter({ promptTokens: 1, startedMs: 0, speculation: () => NO_GUESS });
  const odd = report(client);
  const micros = { queueMicros: 0, uploadMicros: 0, computeMicros: 1e6, readbackMicros: 0, hopMicros: 0 };
  odd.lap.trace = [{ stage: 7, batch: 1, ...micros }];
  meter.add(odd, 1);
  expect(meter.stats().route).toEqual([expect.objectContaining({ stage: 0, computeMs: 0 })]);
});
