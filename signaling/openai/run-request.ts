// One completion over HTTP: quotes, submits, and answers whole or as a stream. The job is cancelled when the caller hangs up.

import type { Context } from 'hono';
import type { Logger } from 'pino';
import { PoolError } from '../../protocol/errors.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { ApiLimits, Caller } from '../http/api-types.ts';
import { toOpenAiError } from '../http/open-ai-error.ts';
import { addressOf } from '../http/rate-limit.ts';
import type { JobService } from '../jobs/job-types.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import { costText } from './cost.ts';
import { doneHeaders, planHeaders } from './describe-answer.ts';
import { dataEvent, eventStream, SILENCE, within } from './event-stream.ts';
import { collectJob, type FollowedUpdate, followJob } from './follow-job.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { writeChunks, writeWhole } from './write-answer.ts';

export interface RunContext {
  jobs: JobService;
  limits: ApiLimits;
  logger: Logger;
  trustedProxies: number;
}

/** Rejects with a `PoolError` while nothing has been sent. */
export async function runRequest(
  c: Context,
  prepared: PreparedRequest,
  { owner: payer, confirm }: Pick<Caller, 'owner' | 'confirm'>,
  context: RunContext,
): Promise<Response> {
  const address = addressOf(c, context.trustedProxies);
  const order = { ...prepared.order, payer, address, confirm: () => confirm() };
  if (prepared.isDryRun || prepared.mode !== 'auto') {
    const quoted = await context.jobs.quote(order);
    if (prepared.mode !== 'auto') demandMode(prepared.mode, quoted.plan);
    if (prepared.isDryRun) return c.json(quoteJson(prepared, quoted));
  }
  const startedMs = performance.now();
  const cancel = new AbortController();
  const hungUp = c.req.raw.signal;
  if (hungUp.aborted) cancel.abort();
  hungUp.addEventListener('abort', () => cancel.abort(), { once: true });
  const isStreamed = prepared.isStream;
  const job = await context.jobs.submit({ ...order, source: 'http', isStreamed, signal: cancel.signal });
  c.header('x-request-id', job.id);
  c.header('x-computepool-receipt', job.id);
  if (prepared.ignored.length > 0) c.header('x-computepool-ignored', prepared.ignored.join(', '));
  const { request } = prepared.order;
  if (!prepared.isStream) {
    const collected = await collectJob(job, request, startedMs).catch(naming(prepared));
    setHeaders(c, doneHeaders(job.id, collected.done, prepared.entry.isMarket));
    return c.json(writeWhole(prepared, job, collected));
  }
  const updates = followJob(job, request, startedMs);
  const begun = await beginStream(updates, context.limits.keepAliveMs).catch(naming(prepared));
  setHeaders(c, planHeaders(job.id, begun.plan, performance.now() - startedMs));
  const stream = eventStream(events(writeChunks(prepared, job, begun.updates)), {
    keepAliveMs: context.limits.keepAliveMs,
    onCancel: () => cancel.abort(),
    writeError: (thrown) => {
      if (PoolError.from(thrown).code === 'internal') context.logger.error({ err: thrown }, 'stream failed');
      return `event: error\n${dataEvent(JSON.stringify(toOpenAiError(thrown).body))}`;
    },
  });
  return c.body(stream, 200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // nginx would keep the events until it has a page of them.
    'X-Accel-Buffering': 'no',
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

const quoteJson = (prepared: PreparedRequest, quote: Awaited<ReturnType<JobService['quote']>>) => ({
  object: 'computepool.quote' as const,
  model: prepared.entry.pool,
  ...(prepared.entry.isMarket
    ? { max_usdc: costText(quote.maxMicros, true) }
    : { max_credits: formatCredits(quote.maxMicros) }),
  max_micros: quote.maxMicros,
  price: { prompt_micros: quote.price.promptMicros, completion_micros: quote.price.completionMicros },
  quote: quote.quote,
  expires_at: Math.floor(quote.expiresAt.getTime() / 1000),
  plan: quote.plan,
});

/** A caller that names a mode gets it or an error that says why not, never another one. */
export function demandMode(mode: Exclude<PreparedRequest['mode'], 'auto'>, plan: RoutePlan): void {
  if (plan.mode === mode) return;
  const why = plan.rejected.find((each) => each.mode === mode)?.why ?? plan.reason;
  throw new PoolError('conflict', `This would run as '${plan.mode}' now, not as '${mode}': ${why}`, {
    data: { param: 'mode', code: 'mode_unavailable' },
  });
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

function setHeaders(c: Context, headers: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) c.header(name, value);
}
