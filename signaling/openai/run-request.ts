// One completion over HTTP, for the one connection that it came over: quotes, or begins it and sends it whole or as a stream. The
// job is cancelled when the caller hangs up.

import type { Context } from 'hono';
import type { Caller } from '../http/api-types.ts';
import { addressOf } from '../http/rate-limit.ts';
import type { JobService, QuoteOrder } from '../jobs/job-types.ts';
import { formatCredits } from '../ledger/format-credits.ts';
import { beginAnswer, demandMode, errorEvent, type RunContext } from './begin-answer.ts';
import { costText } from './cost.ts';
import { type EventStreamOptions, eventStream } from './event-stream.ts';
import type { PreparedRequest } from './prepare-request.ts';

/** Rejects with a `PoolError` while nothing has been sent. */
export async function runRequest(
  c: Context,
  prepared: PreparedRequest,
  caller: Pick<Caller, 'owner' | 'confirm'>,
  context: RunContext,
): Promise<Response> {
  const order = orderOf(c, prepared, caller, context);
  if (prepared.isDryRun) {
    const quoted = await context.jobs.quote(order);
    if (prepared.mode !== 'auto') demandMode(prepared.mode, quoted.plan);
    return c.json(quoteJson(prepared, quoted));
  }
  const cancel = new AbortController();
  const hungUp = c.req.raw.signal;
  if (hungUp.aborted) cancel.abort();
  hungUp.addEventListener('abort', () => cancel.abort(), { once: true });
  const onJob = (headers: Record<string, string>): void => setHeaders(c, headers);
  const { headers, told } = await beginAnswer(prepared, order, context, { signal: cancel.signal, onJob });
  setHeaders(c, headers);
  if (told.kind === 'whole') return c.json(told.json);
  return sendEvents(c, told.events, {
    keepAliveMs: context.limits.keepAliveMs,
    onCancel: () => cancel.abort(),
    writeError: errorEvent(context.logger),
  });
}

export const orderOf = (
  c: Context,
  prepared: PreparedRequest,
  { owner: payer, confirm }: Pick<Caller, 'owner' | 'confirm'>,
  { trustedProxies }: Pick<RunContext, 'trustedProxies'>,
): QuoteOrder => ({
  ...prepared.order,
  ...{ payer, address: addressOf(c, trustedProxies), confirm: () => confirm() },
});

/** `events`: whole events, blank line included. */
export const sendEvents = (c: Context, events: AsyncIterator<string>, options: EventStreamOptions): Response =>
  c.body(eventStream(events, options), 200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // nginx would keep the events until it has a page of them.
    'X-Accel-Buffering': 'no',
  });

export function setHeaders(c: Context, headers: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) c.header(name, value);
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
