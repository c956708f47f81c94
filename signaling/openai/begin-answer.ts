// One completion from order to answer: submits it, and tells the answer whole or as events, with what its headers say. Knows no
// connection: who may cancel it, and who hears it, is its caller's affair.
import type { Logger } from 'pino';
import { PoolError } from '../../protocol/errors.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { ApiLimits } from '../http/api-types.ts';
import { toOpenAiError } from '../http/open-ai-error.ts';
import type { JobService, QuoteOrder } from '../jobs/job-types.ts';
import { doneHeaders, planHeaders } from './describe-answer.ts';
import { dataEvent, SILENCE, within } from './event-stream.ts';
import { collectJob, type FollowedUpdate, followJob } from './follow-job.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { writeChunks, writeWhole } from './write-answer.ts';

export interface RunContext {
  jobs: JobService;
  limits: ApiLimits;
  logger: Logger;
  trustedProxies: number;
}

export interface BegunAnswer {
  headers: Record<string, string | undefined>;
  /** The whole answer, as JSON, or the events of its stream. */
  told: { kind: 'whole'; json: object } | { kind: 'stream'; events: AsyncGenerator<string, void, undefined> };
}

export interface BeginOptions {
  signal: AbortSignal;
  /** There is a job: what a failure of it tells, too. */
  onJob(headers: Record<string, string>): void;
}

/** A stream resolves with its first token, or when a proxy would wait no longer for it. Rejects with a `PoolError` before that. */
export async function beginAnswer(
  prepared: PreparedRequest,
  order: QuoteOrder,
  { jobs, limits }: RunContext,
  { signal, onJob }: BeginOptions,
): Promise<BegunAnswer> {
  if (prepared.mode !== 'auto') demandMode(prepared.mode, (await jobs.quote(order)).plan);
  const startedMs = performance.now();
  const isStreamed = prepared.isStream;
  const job = await jobs.submit({ ...order, source: 'http', isStreamed, signal });
  onJob({
    'x-request-id': job.id,
    'x-computepool-receipt': job.id,
    ...(prepared.ignored.length > 0 ? { 'x-computepool-ignored': prepared.ignored.join(', ') } : {}),
  });
  const { request } = prepared.order;
  if (!isStreamed) {
    const collected = await collectJob(job, request, startedMs).catch(naming(prepared));
    return {
      headers: doneHeaders(job.id, collected.done, prepared.entry.isMarket),
      told: { kind: 'whole', json: writeWhole(prepared, job, collected) },
    };
  }
  const begun = await beginStream(followJob(job, request, startedMs), limits.keepAliveMs).catch(naming(prepared));
  return {
    headers: planHeaders(job.id, begun.plan, performance.now() - startedMs),
    told: { kind: 'stream', events: events(writeChunks(prepared, job, begun.updates)) },
  };
}

/** The event that ends a stream which failed. Logs what nobody foresaw. */
export const errorEvent =
  (logger: Pick<Logger, 'error'>) =>
  (thrown: unknown): string => {
    if (PoolError.from(thrown).code === 'internal') logger.error({ err: thrown }, 'stream failed');
    return `event: error\n${dataEvent(JSON.stringify(toOpenAiError(thrown).body))}`;
  };

/** A caller that names a mode gets it or an error that says why not, never another one. */
export function demandMode(mode: Exclude<PreparedRequest['mode'], 'auto'>, plan: RoutePlan): void {
  if (plan.mode === mode) return;
  const why = plan.rejected.find((each) => each.mode === mode)?.why ?? plan.reason;
  throw new PoolError('conflict', `This would run as '${plan.mode}' now, not as '${mode}': ${why}`, {
    data: { param: 'mode', code: 'mode_unavailable' },
  });
}

/**
 * Waits for the first token, so that what goes wrong before is an HTTP error, but no longer than a proxy waits for a first
 * byte. Gives all updates again, those that it has read first.
 */
async function beginStream(
  updates: AsyncGenerator<FollowedUpdate, void, undefined>,
  patienceMs: number,
): Promise<{ plan: RoutePlan | undefined; updates: AsyncGenerator<FollowedUpdate, void, undefined> }> {
  const read: FollowedUpdate[] = [];
  const deadlineMs = performance.now() + patienceMs;
  let plan: RoutePlan | undefined;
  let pending: Promise<IteratorResult<FollowedUpdate, void>> | undefined;
  for (;;) {
    pending = updates.next();
    const result = await within(pending, Math.max(0, deadlineMs - performance.now()));
    if (result === SILENCE || result.done) break;
    pending = undefined;
    const { value } = result;
    read.push(value);
    if (value.type === 'routed') plan = value.plan;
    if (value.type === 'delta' || value.type === 'finished') break;
  }
  async function* replay(): AsyncGenerator<FollowedUpdate, void, undefined> {
    try {
      yield* read;
      const next = pending && (await pending);
      if (next?.done) return;
      if (next) yield next.value;
      yield* updates;
    } finally {
      void updates.return();
    }
  }
  pending?.catch(() => {});
  return { plan, updates: replay() };
}

async function* events(chunks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const chunk of chunks) yield dataEvent(chunk);
  yield dataEvent('[DONE]');
}

/** A driver knows that a prompt is too long, and not under which name it was sent. */
const naming =
  ({ endpoint }: PreparedRequest) =>
  (thrown: unknown): never => {
    const error = PoolError.from(thrown);
    if (error.code !== 'context-exceeded' || error.data?.param) throw thrown;
    const data = { ...error.data, param: endpoint === '/v1/completions' ? 'prompt' : 'messages' };
    throw new PoolError(error.code, error.message, { data, cause: thrown });
  };
