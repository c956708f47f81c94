import { expect, test } from 'vitest';
import { ANSWER_HEADERS, describeDone, doneHeaders, planHeaders } from './describe-answer.ts';
import type { DoneUpdate } from './follow-job.ts';

const DONE: DoneUpdate & { timings: { queueMs: number; totalMs: number } } = {
  type: 'done',
  plan: {
    mode: 'speculative',
    driver: 'entry',
    local: false,
    drafter: 'model',
    stages: 2,
    reason: 'Zwei Geräte: 80 ms apart.',
    predicted: { tokensPerSecond: 12.34, timeToFirstTokenMs: 500 },
    rejected: [],
  },
  stats: {
    epoch: 3,
    route: [
      { stage: 0, start: 0, end: 2, computeMs: 1.25, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 40 },
      { stage: 1, start: 2, end: 4, computeMs: 1.5, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 0 },
    ],
    returnHopMs: 41,
    lapMs: 85.5,
    draftMs: 0,
    laps: 20,
    drafted: 30,
    accepted: 20,
    drafter: 'model',
    tokensPerSecond: 11,
    timeToFirstTokenMs: 450,
    totalMs: 1800,
  },
  usage: { promptTokens: 5, cachedTokens: 0, completionTokens: 20 },
  receiptId: 'r1',
  chargedMicros: 1_500_000,
  timings: { queueMs: 100, totalMs: 1950 },
};

test('headers say route, pace, drafting, cost and where the time went', () => {
  expect(doneHeaders('job1', DONE)).toEqual({
    'x-request-id': 'job1',
    'x-computepool-receipt': 'job1',
    'x-computepool-mode': 'speculative',
    'x-computepool-route':
      'mode=speculative; stages=2; driver=entry; drafter=model; layers=0-2:1.3,2-4:1.5; hops=40.0,0.0; return=41.0; lap=85.5',
    'x-computepool-predicted': 'tokens_per_second=12.3; ttft_ms=500.0',
    'x-computepool-outcome': 'tokens_per_second=11.0; ttft_ms=450.0',
    'x-computepool-drafted': '30',
    'x-computepool-accepted': '20; rate=0.667',
    'x-computepool-cost': '1.5',
    'server-timing': 'queue;dur=100.0, ttft;dur=450.0, ring;dur=1800.0, http;dur=50.0',
  });
});

test('all of them are exposed to scripts, and are plain ASCII whatever the plan says', () => {
  const headers = doneHeaders('job1', DONE);
  // Those that an answer has for its request's sake.
  const others: readonly string[] = ['x-computepool-ignored', 'idempotent-replayed'];
  const own = ANSWER_HEADERS.filter((name) => !others.includes(name));
  expect(Object.keys(headers).sort()).toEqual([...own].sort());
  expect(Object.values(headers).every((value) => /^[\x20-\x7e]+$/.test(value ?? ''))).toBe(true);
});

test('a stream that is not routed yet names the job alone', () => {
  expect(planHeaders('job1', undefined, undefined)).toEqual({
    'x-request-id': 'job1',
    'x-computepool-receipt': 'job1',
  });
});

test('the body field has the seed to ask again with', () => {
  expect(describeDone('job1', DONE, { seed: 77, ignored: [] })).toMatchObject({
    ...{ job: 'job1', seed: 77, charged_credits: '1.5', codec: 'exact' },
    ...{ laps: 20, lap_ms: 85.5, return_ms: 41, draft_ms: 0, route: DONE.stats.route },
  });
});
