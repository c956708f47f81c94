// Asks a market pool with a session's key, over HTTP: the server hands the question to the tabs and sees it. A tab that drove its answer
// itself could read on after its payer has stopped the money.
import type { Coalition } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Answer, AnswerStats, AskHandlers, AskRequest, RouteStop } from '../../shard-worker/index.ts';
import { failureIn, failureOf } from './call-paid.ts';
import { readEvents } from './read-events.ts';
import { chunkSchema } from './shapes.ts';

export interface PaidAskerOptions {
  key: string;
  pool: string;
  /** Which tabs answer now: what the server says of a route names their seats alone. */
  coalition(): Coalition | undefined;
}

/** Asks as a `ChatPeer` does. What is stopped or fails is paid for as far as it came. */
export function paidAsker(options: PaidAskerOptions) {
  return { ask: (request: AskRequest, handlers: AskHandlers = {}) => askPaid(options, request, handlers) };
}

async function askPaid(options: PaidAskerOptions, request: AskRequest, handlers: AskHandlers): Promise<Answer> {
  const { signal, onText } = handlers;
  const response = await fetch('/v1/chat/completions', {
    ...{ method: 'POST', credentials: 'omit', body: JSON.stringify(bodyOf(options, request)) },
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${options.key}` },
    ...(signal ? { signal } : {}),
  }).catch((cause) => {
    throw lost(signal, cause);
  });
  if (!response.ok || !response.body) throw await failureOf(response);
  let text = '';
  let finish = '';
  let last: Last = {};
  try {
    for await (const { event, data } of readEvents(response.body)) {
      if (data === '[DONE]') break;
      const value: unknown = JSON.parse(data);
      if (event === 'error') throw failureIn(value, 500);
      const chunk = chunkSchema.parse(value);
      const [choice] = chunk.choices;
      const delta = choice?.delta?.content ?? '';
      text += delta;
      if (delta !== '') onText?.(delta);
      finish = choice?.finish_reason ?? finish;
      if (chunk.computepool) last = chunk.computepool as Last;
      if (chunk.usage) last = { ...last, usage: chunk.usage };
    }
  } catch (thrown) {
    throw thrown instanceof PoolError ? thrown : lost(signal, thrown);
  }
  if (finish !== 'stop' && finish !== 'length') throw new PoolError('link-failed', 'The answer ended early.');
  const stats = statsOf(last, options.coalition());
  const plan = planOf(last);
  handlers.onPlan?.(plan);
  const { job = '', charged_usdc: usdc } = last;
  const settlement = usdc === undefined ? {} : { settlement: { job, chargedMicros: 0, receiptId: job, usdc } };
  // Its tokens are not told, so that nothing can go on after them: what is asked again begins anew.
  return { text, tokenIds: [], finishReason: finish, stats, plan, ...settlement };
}

function bodyOf({ pool }: PaidAskerOptions, request: AskRequest): object {
  const { messages, temperature, topK, topP, seed, stop, mode } = request;
  return {
    ...{ model: pool, messages, stream: true, stream_options: { include_usage: true } },
    ...{ max_tokens: request.maxTokens, temperature, top_k: topK, top_p: topP, seed, stop },
    ...(mode === 'lan' || mode === 'speculative' ? { mode } : {}),
  };
}

function lost(signal: AbortSignal | undefined, cause: unknown): PoolError {
  return signal?.aborted
    ? new PoolError('cancelled', 'The answer was cancelled.')
    : new PoolError('link-failed', 'The server did not answer.', { cause });
}

/** The field `computepool` of the last chunk, as far as a page shows it; an older server says less. */
interface Last {
  job?: string;
  charged_usdc?: string;
  mode?: RoutePlan['mode'];
  reason?: string;
  predicted?: RoutePlan['predicted'];
  outcome?: RoutePlan['predicted'];
  route?: Omit<RouteStop, 'backend' | 'device' | 'totalBytes'>[];
  laps?: number;
  lap_ms?: number;
  return_ms?: number;
  draft_ms?: number;
  codec?: RoutePlan['codec'];
  drafter?: RoutePlan['drafter'];
  drafted?: number;
  accepted?: number;
  usage?: { prompt_tokens: number; completion_tokens: number };
}

const NO_PACE = { tokensPerSecond: 0, timeToFirstTokenMs: 0 };

function planOf({
  mode = 'lan',
  reason = '',
  predicted = NO_PACE,
  route = [],
  drafter = 'none',
  codec,
}: Last): RoutePlan {
  const codecs = codec ? { codec } : {};
  return {
    mode,
    driver: 'entry',
    local: false,
    drafter,
    stages: route.length,
    reason,
    predicted,
    rejected: [],
    ...codecs,
  };
}

function statsOf(last: Last, coalition: Coalition | undefined): AnswerStats {
  const { outcome = NO_PACE, usage, drafter = 'none' } = last;
  const tokens = usage?.completion_tokens ?? 0;
  return {
    route: (last.route ?? []).map((stop) => {
      const seat = coalition?.seats[stop.stage];
      const { backend = 'wasm', device = '', totalBytes = 0 } = seat ?? {};
      return { ...stop, backend, device, totalBytes };
    }),
    ...{ returnHopMs: last.return_ms ?? 0, lapMs: last.lap_ms ?? 0, draftMs: last.draft_ms ?? 0 },
    ...{ promptTokens: usage?.prompt_tokens ?? 0, tokens, ...outcome },
    ...{ laps: last.laps ?? 0, lapTokens: Math.max(0, tokens - 1) },
    ...{ drafted: last.drafted ?? 0, accepted: last.accepted ?? 0, drafter },
  };
}
