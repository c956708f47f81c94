// The server's numbers for Prometheus. Every label has few values: routes as patterns, the platform's own codes, the
// first fifty pools. Names no account, peer or prompt.
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { clientMessageSchema, serverMessageSchema } from '../../protocol/control.ts';
import { ERROR_CODES } from '../../protocol/errors.ts';
import { stepMsOf } from '../../protocol/job.ts';
import { MAX_DRAFT_WINDOW, MAX_STAGES } from '../../protocol/limits.ts';
import { createBoundedLabel } from './bounded-label.ts';
import type { MetricSources, Metrics } from './metric-types.ts';
import { registerSources } from './register-sources.ts';

const PREFIX = 'computepool_';
/** Milliseconds: from a layer on a fast GPU to a lap across continents. */
const STEP_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const HTTP_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 20, 60, 300];
const WAIT_SECONDS = [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];
/** Outcome / prediction: 1 is right, 0.5 half of what was promised. */
const RATIO = [0.1, 0.25, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 4, 10];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const typesOf = (schema: {
  def: { options: readonly { shape: { type: { def: { values: readonly unknown[] } } } }[] };
}) => schema.def.options.map((option) => String(option.shape.type.def.values[0]));
const MESSAGE_TYPES = new Set(
  [clientMessageSchema, serverMessageSchema].flatMap((schema) =>
    typesOf(schema as unknown as Parameters<typeof typesOf>[0]),
  ),
);

/** What a tab tells of itself, as a number that can be added up: the largest that it may say, added to itself, is infinite. */
const MOST_TOLD = 1e12;
const told = (value: number): number => Math.min(value, MOST_TOLD);

/** A registry of its own, so that two servers in one process do not share numbers. */
export function createMetrics(sources: MetricSources = {}): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name: PREFIX + name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram<L>({ name: PREFIX + name, help, buckets, labelNames, registers });

  const httpSeconds = histogram('http_request_seconds', 'HTTP requests by route pattern.', HTTP_SECONDS, [
    'method',
    'route',
    'status',
  ]);
  const messages = counter('control_messages_total', 'Control messages by direction and type.', ['direction', 'type']);
  const refusals = counter('refusals_total', 'Typed errors that were answered.', ['code', 'where']);
  const jobs = counter('jobs_total', 'Jobs that ended.', ['state', 'mode', 'source']);
  const queueSeconds = histogram('queue_wait_seconds', 'From submission to the grant.', WAIT_SECONDS, ['source']);
  const stageMs = histogram(
    'stage_compute_ms',
    'Mean time of a stage per lap without waiting for its turn, of each job.',
    STEP_MS,
    ['pool', 'stage'],
  );
  const hopMs = histogram(
    'hop_ms',
    'Mean time on the way to a stage per lap; "return" is back to the driver.',
    STEP_MS,
    ['pool', 'stage'],
  );
  const lapMs = histogram('lap_ms', 'Mean lap of each job.', STEP_MS, ['pool']);
  const firstTokenSeconds = histogram('time_to_first_token_seconds', 'Of each job.', WAIT_SECONDS, ['pool']);
  const laps = counter('laps_total', 'Laps of finished jobs.', ['pool']);
  const tokens = counter('tokens_total', 'Tokens of finished jobs.', ['pool', 'kind']);
  const drafts = counter('draft_tokens_total', 'Guessed tokens: all, and those that were right.', ['pool', 'kind']);
  const predictionRatio = histogram('prediction_ratio', 'Outcome divided by prediction.', RATIO, ['what']);
  const settlements = counter('settlements_total', 'Jobs that were settled.');
  const paid = counter('settlement_paid_micros_total', 'Paid to stages, in millionths of a credit.');
  const gaps = counter('settlement_gap_cells_total', 'Cells that nobody showed a receipt for.');
  const disputes = counter('settlement_disputes_total', 'Edges where receipts contradict each other.');
  const poolLabel = createBoundedLabel();

  registerSources(PREFIX, registers, sources, poolLabel);
  // CPU, memory, garbage collection, and the lag of the event loop.
  collectDefaultMetrics({ register: registry, prefix: PREFIX });

  return {
    httpRequest({ method, route, status, ms }) {
      const known = METHODS.has(method) ? method : 'OTHER';
      httpSeconds.observe({ method: known, route, status: String(status) }, ms / 1000);
    },
    controlMessage(direction, type) {
      messages.inc({ direction, type: MESSAGE_TYPES.has(type) ? type : 'other' });
    },
    refusal(code, where) {
      refusals.inc({ code: Object.hasOwn(ERROR_CODES, code) ? code : 'other', where });
    },
    jobEnded({ pool: id, source, state, mode, queueMs, predicted, stats, promptTokens, completionTokens }) {
      const pool = poolLabel(id);
      jobs.inc({ state, mode: mode ?? 'none', source });
      if (queueMs !== undefined) queueSeconds.observe({ source }, queueMs / 1000);
      tokens.inc({ pool, kind: 'prompt' }, promptTokens ?? 0);
      tokens.inc({ pool, kind: 'completion' }, completionTokens ?? 0);
      if (!stats) return;
      for (const stop of stats.route.slice(0, MAX_STAGES)) {
        const stage = String(Math.min(stop.stage, MAX_STAGES - 1));
        stageMs.observe({ pool, stage }, told(stepMsOf(stop)));
        hopMs.observe({ pool, stage }, told(stop.hopMs));
      }
      hopMs.observe({ pool, stage: 'return' }, told(stats.returnHopMs));
      lapMs.observe({ pool }, told(stats.lapMs));
      firstTokenSeconds.observe({ pool }, told(stats.timeToFirstTokenMs / 1000));
      // A driver's own words: a lap computes a position at least, and nobody drafts more than a window for each.
      const positions = (promptTokens ?? 0) + (completionTokens ?? 0) + 1;
      laps.inc({ pool }, Math.min(stats.laps, positions));
      drafts.inc({ pool, kind: 'drafted' }, Math.min(stats.drafted, positions * MAX_DRAFT_WINDOW));
      drafts.inc({ pool, kind: 'accepted' }, Math.min(stats.accepted, positions));
      for (const what of ['tokensPerSecond', 'timeToFirstTokenMs'] as const) {
        const promised = predicted?.[what] ?? 0;
        if (promised > 0) predictionRatio.observe({ what }, told(stats[what] / promised));
      }
    },
    settled({ paidMicros, gapCells, disputes: count }) {
      settlements.inc();
      paid.inc(paidMicros);
      gaps.inc(gapCells);
      disputes.inc(count);
    },
    read: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    close: () => registry.clear(),
  };
}
