// What the platform says about an answer beside OpenAI's words: headers, and the `computepool` field where headers have
// already gone. Pure.
import { type JobStats, stepMsOf } from '../../protocol/job.ts';
import type { Prediction, RoutePlan } from '../../protocol/route-plan.ts';
import type { Usage } from '../jobs/job-types.ts';
import { costField, costText } from './cost.ts';
import type { DoneUpdate, Timings } from './follow-job.ts';

/** Every header that an answer may have: scripts of other sites may read them. */
export const ANSWER_HEADERS = [
  'x-request-id',
  'x-computepool-mode',
  'x-computepool-route',
  'x-computepool-receipt',
  'x-computepool-predicted',
  'x-computepool-outcome',
  'x-computepool-drafted',
  'x-computepool-accepted',
  'x-computepool-cost',
  'x-computepool-ignored',
  'idempotent-replayed',
  'server-timing',
] as const;

type Headers = Partial<Record<(typeof ANSWER_HEADERS)[number], string>>;

/** What is known when the job has an id, and a route if it has one. */
export function planHeaders(jobId: string, plan: RoutePlan | undefined, queueMs: number | undefined): Headers {
  const headers: Headers = { 'x-request-id': jobId, 'x-computepool-receipt': jobId };
  if (!plan) return headers;
  return {
    ...headers,
    'x-computepool-mode': plan.mode,
    'x-computepool-route': planText(plan),
    'x-computepool-predicted': paceText(plan.predicted),
    'server-timing': timingText({ queue: queueMs ?? 0 }),
  };
}

export function doneHeaders(
  jobId: string,
  done: DoneUpdate & { timings: Timings },
  isMarket?: boolean | undefined,
): Headers {
  const { stats, plan, timings } = done;
  return {
    ...planHeaders(jobId, plan, timings.queueMs),
    'x-computepool-route': `${planText(plan)}; ${routeText(stats)}`,
    'x-computepool-outcome': paceText(stats),
    'x-computepool-drafted': String(stats.drafted),
    'x-computepool-accepted': `${stats.accepted}; rate=${acceptanceOf(stats)}`,
    'x-computepool-cost': costText(done.chargedMicros, isMarket),
    'server-timing': timingText(partsOf(done)),
  };
}

/** The `computepool` field of an answer's body or of a stream's last chunk. */
export function describeDone(
  jobId: string,
  done: DoneUpdate & { timings: Timings },
  { seed, ignored, isMarket }: { seed: number; ignored: readonly string[]; isMarket?: boolean | undefined },
) {
  const { stats, plan } = done;
  return {
    job: jobId,
    receipt: done.receiptId,
    mode: plan.mode,
    reason: plan.reason,
    predicted: plan.predicted,
    outcome: { tokensPerSecond: stats.tokensPerSecond, timeToFirstTokenMs: stats.timeToFirstTokenMs },
    route: stats.route,
    laps: stats.laps,
    lap_ms: stats.lapMs,
    return_ms: stats.returnHopMs,
    draft_ms: stats.draftMs,
    codec: plan.codec ?? 'exact',
    drafter: stats.drafter,
    drafted: stats.drafted,
    accepted: stats.accepted,
    ...costField(done.chargedMicros, isMarket),
    /** Send it again to have the same answer. */
    seed,
    timings_ms: partsOf(done),
    ...(ignored.length > 0 ? { ignored } : {}),
  };
}

export function usageJson(usage: Usage) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
  };
}

/** `queue`: until routed; `ttft`: inside the ring, prefill included; `ring`: all of the driver's time; `http`: the rest. */
function partsOf({ stats, timings }: { stats: JobStats; timings: Timings }): Record<string, number> {
  return {
    queue: timings.queueMs,
    ttft: stats.timeToFirstTokenMs,
    ring: stats.totalMs,
    http: Math.max(0, timings.totalMs - timings.queueMs - stats.totalMs),
  };
}

const ms = (value: number): string => value.toFixed(1);

const planText = (plan: RoutePlan): string =>
  `mode=${plan.mode}; stages=${plan.stages}; driver=${plan.driver}; drafter=${plan.drafter}`;

/** `layers=0-2:1.5,2-4:1.4; hops=0.3,0.2; return=0.4; lap=4.0`: milliseconds per lap. */
function routeText({ route, returnHopMs, lapMs }: JobStats): string {
  const layers = route.map((stop) => `${stop.start}-${stop.end}:${ms(stepMsOf(stop))}`).join(',');
  const hops = route.map(({ hopMs }) => ms(hopMs)).join(',');
  return `layers=${layers}; hops=${hops}; return=${ms(returnHopMs)}; lap=${ms(lapMs)}`;
}

const paceText = ({ tokensPerSecond, timeToFirstTokenMs }: Prediction): string =>
  `tokens_per_second=${ms(tokensPerSecond)}; ttft_ms=${ms(timeToFirstTokenMs)}`;

const timingText = (parts: Record<string, number>): string =>
  Object.entries(parts)
    .map(([name, durationMs]) => `${name};dur=${ms(durationMs)}`)
    .join(', ');

const acceptanceOf = ({ drafted, accepted }: JobStats): string => (drafted ? (accepted / drafted).toFixed(3) : '0');
