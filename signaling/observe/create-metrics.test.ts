import { afterEach, describe, expect, it } from 'vitest';
import { createBoundedLabel } from './bounded-label.ts';
import { createMetrics } from './create-metrics.ts';
import type { JobOutcome, Metrics } from './metric-types.ts';

let metrics: Metrics;
afterEach(() => metrics?.close());

const linesOf = async (name: string): Promise<string[]> =>
  (await metrics.read()).text.split('\n').filter((line) => line.startsWith(`computepool_${name}`));

const JOB: JobOutcome = {
  pool: 'a/b@main:q4',
  source: 'http',
  state: 'done',
  mode: 'lan',
  queueMs: 1500,
  predicted: { tokensPerSecond: 20, timeToFirstTokenMs: 100 },
  stats: {
    route: [
      { stage: 0, uploadMs: 0.5, computeMs: 2, readbackMs: 0.5, hopMs: 1 },
      { stage: 1, uploadMs: 0, computeMs: 4, readbackMs: 0, hopMs: 30 },
    ],
    returnHopMs: 15,
    lapMs: 53,
    laps: 7,
    drafted: 10,
    accepted: 6,
    tokensPerSecond: 10,
    timeToFirstTokenMs: 100,
  },
  promptTokens: 12,
  completionTokens: 13,
};

describe('createMetrics', () => {
  it('counts requests, messages and refusals, with few values per label', async () => {
    metrics = createMetrics();
    metrics.httpRequest({ method: 'GET', route: '/api/pools/:id', status: 200, ms: 12 });
    for (let index = 0; index < 100; index++) {
      metrics.httpRequest({ method: `M${index}`, route: '*', status: 404, ms: 1 });
      metrics.controlMessage('in', `type-${index}`);
      metrics.refusal(`code-${index}`, 'control');
    }
    metrics.controlMessage('in', 'heartbeat');
    metrics.controlMessage('out', 'welcome');
    metrics.refusal('rate-limited', 'http');
    expect(await linesOf('http_request_seconds_count')).toEqual([
      'computepool_http_request_seconds_count{method="GET",route="/api/pools/:id",status="200"} 1',
      'computepool_http_request_seconds_count{method="OTHER",route="*",status="404"} 100',
    ]);
    expect(await linesOf('control_messages_total')).toEqual([
      'computepool_control_messages_total{direction="in",type="other"} 100',
      'computepool_control_messages_total{direction="in",type="heartbeat"} 1',
      'computepool_control_messages_total{direction="out",type="welcome"} 1',
    ]);
    expect(await linesOf('refusals_total')).toEqual([
      'computepool_refusals_total{code="other",where="control"} 100',
      'computepool_refusals_total{code="rate-limited",where="http"} 1',
    ]);
  });

  it('G7: adds up whatever a tab tells of itself, the largest numbers too', async () => {
    metrics = createMetrics();
    const most = Number.MAX_VALUE;
    const stop = { stage: 0, uploadMs: most, computeMs: most, readbackMs: most, hopMs: most };
    const stats = { ...JOB.stats!, route: [stop], returnHopMs: most, lapMs: most, timeToFirstTokenMs: most };
    metrics.jobEnded({
      ...JOB,
      stats: { ...stats, tokensPerSecond: most },
      predicted: { tokensPerSecond: 1e-300, timeToFirstTokenMs: 1e-300 },
    });
    expect(await linesOf('stage_compute_ms_sum')).toEqual([expect.stringMatching(/ 1000000000000$/)]);
  });

  it('G7: counts no more laps and drafts than an answer has room for', async () => {
    metrics = createMetrics();
    const most = Number.MAX_SAFE_INTEGER;
    metrics.jobEnded({ ...JOB, stats: { ...JOB.stats!, laps: most, drafted: most, accepted: most } });
    expect(await linesOf('laps_total')).toEqual(['computepool_laps_total{pool="a/b@main:q4"} 26']);
    for (const line of await linesOf('draft_tokens_total')) {
      if (!line.startsWith('#')) expect(Number(line.split(' ').at(-1))).toBeLessThanOrEqual(26 * 64);
    }
  });

  it('tells where the milliseconds of a job went, and how good the plan was', async () => {
    metrics = createMetrics();
    metrics.jobEnded(JOB);
    metrics.jobEnded({ pool: 'c/d@main:q4', source: 'tab', state: 'failed' });
    const pool = 'pool="a/b@main:q4"';
    expect(await linesOf('stage_compute_ms_sum')).toEqual([
      `computepool_stage_compute_ms_sum{${pool},stage="0"} 3`,
      `computepool_stage_compute_ms_sum{${pool},stage="1"} 4`,
    ]);
    expect(await linesOf('hop_ms_sum')).toEqual([
      `computepool_hop_ms_sum{${pool},stage="0"} 1`,
      `computepool_hop_ms_sum{${pool},stage="1"} 30`,
      `computepool_hop_ms_sum{${pool},stage="return"} 15`,
    ]);
    expect(await linesOf('queue_wait_seconds_sum')).toEqual(['computepool_queue_wait_seconds_sum{source="http"} 1.5']);
    expect(await linesOf('jobs_total')).toEqual([
      'computepool_jobs_total{state="done",mode="lan",source="http"} 1',
      'computepool_jobs_total{state="failed",mode="none",source="tab"} 1',
    ]);
    expect(await linesOf('tokens_total')).toContain(`computepool_tokens_total{${pool},kind="completion"} 13`);
    expect(await linesOf('draft_tokens_total')).toContain(`computepool_draft_tokens_total{${pool},kind="accepted"} 6`);
    expect(await linesOf('laps_total')).toEqual([`computepool_laps_total{${pool}} 7`]);
    expect(await linesOf('prediction_ratio_sum')).toEqual([
      'computepool_prediction_ratio_sum{what="tokensPerSecond"} 0.5',
      'computepool_prediction_ratio_sum{what="timeToFirstTokenMs"} 1',
    ]);
  });

  it('adds settlements up', async () => {
    metrics = createMetrics();
    metrics.settled({ paidMicros: 300, gapCells: 2, disputes: 0 });
    metrics.settled({ paidMicros: 200, gapCells: 0, disputes: 1 });
    expect(await linesOf('settlement')).toEqual([
      'computepool_settlements_total 2',
      'computepool_settlement_paid_micros_total 500',
      'computepool_settlement_gap_cells_total 2',
      'computepool_settlement_disputes_total 1',
    ]);
  });

  it('asks its sources each time, and has no number where one fails', async () => {
    let peers = 1;
    let isDown = false;
    metrics = createMetrics({
      controlPeers: () => peers,
      pools: () => [
        { pool: 'a/b@main:q4', state: 'ready', peers: 3 },
        { pool: 'c/d@main:q4', state: 'empty', peers: 0 },
      ],
      coalitions: () => [{ pool: 'a/b@main:q4', state: 'ready', stages: 2 }],
      queue: () => ({ waiting: 4, running: 2 }),
      ledger: async () => {
        if (isDown) throw new Error('no database');
        return { availableMicros: 5, heldMicros: 6, issuedMicros: 11, openHolds: 1 };
      },
    });
    expect(await linesOf('control_peers')).toEqual(['computepool_control_peers 1']);
    expect(await linesOf('pools')).toContain('computepool_pools{state="ready"} 1');
    expect(await linesOf('coalition_stages')).toEqual([
      'computepool_coalition_stages{pool="a/b@main:q4",state="ready"} 2',
    ]);
    expect(await linesOf('jobs_now')).toContain('computepool_jobs_now{state="waiting"} 4');
    expect(await linesOf('ledger_micros')).toContain('computepool_ledger_micros{bucket="issued"} 11');
    peers = 2;
    isDown = true;
    expect(await linesOf('control_peers')).toEqual(['computepool_control_peers 2']);
    expect(await linesOf('ledger_micros')).toEqual([]);
  });

  it('watches the process itself', async () => {
    metrics = createMetrics();
    const { text, contentType } = await metrics.read();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('computepool_nodejs_eventloop_lag_seconds');
    expect(text).toContain('computepool_process_cpu_user_seconds_total');
  });

  it('names fifty pools at most', async () => {
    metrics = createMetrics();
    for (let index = 0; index < 80; index++) metrics.jobEnded({ ...JOB, pool: `a/b${index}@main:q4` });
    expect(await linesOf('laps_total')).toHaveLength(51);
  });
});

it('createBoundedLabel goes on knowing whom it knew', () => {
  const label = createBoundedLabel(2);
  expect(['a', 'b', 'c', 'a'].map(label)).toEqual(['a', 'b', 'other', 'a']);
});
