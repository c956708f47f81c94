// From a body that fits its schema to an order for the job service: which pool, what to run, what it can cost at most.
// Pure but for the seed that a request without one gets. The HTTP routes and the batch runner share it.
import { randomInt } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type JobRequest, type TemplateNames, templateNamesSchema } from '../../protocol/job.ts';
import { MAX_CHOICES, MAX_PROMPT_BYTES, MAX_PROMPT_IDS } from '../../protocol/limits.ts';
import { issueError } from '../http/answer-error.ts';
import type { ApiLimits, ModelEntry } from '../http/api-types.ts';
import type { JobOrder } from '../jobs/job-types.ts';
import { type ChatBody, chatBodySchema } from './chat-schema.ts';
import { type CompletionBody, completionBodySchema } from './completion-schema.ts';
import { findModel } from './find-model.ts';
import { readMessages } from './read-messages.ts';
import { type Endpoint, refuseUnsupported, unsupported } from './refuse-unsupported.ts';

export interface PreparedRequest {
  endpoint: Endpoint;
  entry: ModelEntry;
  /** What the caller called the model. */
  modelName: string;
  order: Pick<JobOrder, 'pool' | 'request' | 'isSeeded' | 'maxMicros' | 'quote'>;
  mode: NonNullable<ChatBody['mode']>;
  isStream: boolean;
  includeUsage: boolean;
  isDryRun: boolean;
  /** Fields of the request that had no effect and that OpenAI does not know. */
  ignored: readonly string[];
}

export interface PrepareContext {
  models: readonly ModelEntry[];
  limits: Pick<ApiLimits, 'maxTokens' | 'defaultMaxTokens'>;
}

/** OpenAI's own default of /v1/completions. */
const DEFAULT_COMPLETION_TOKENS = 16;

/** Entries of log-probability that one answer may hold: about 100 MB while it is put together. */
const MAX_LOGPROB_ENTRIES = 200_000;

const CHAT_FIELDS = Object.keys(chatBodySchema.shape);
const COMPLETION_FIELDS = Object.keys(completionBodySchema.shape);

/** For a body that no route has looked at: a line of a batch. Throws as the route would answer. */
export function parseRequest(endpoint: Endpoint, body: unknown, context: PrepareContext): PreparedRequest {
  if (endpoint === '/v1/completions') return prepareCompletion(parse(completionBodySchema, body), context);
  return prepareChat(parse(chatBodySchema, body), context);
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw issueError(result.error.issues);
  return result.data;
}

export function prepareChat(body: ChatBody, context: PrepareContext): PreparedRequest {
  const ignored = refuseUnsupported('/v1/chat/completions', body, CHAT_FIELDS);
  if (body.top_logprobs != null && !body.logprobs) throw bad('top_logprobs', "needs 'logprobs' to be true");
  const messages = readMessages(body.messages);
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return prepare('/v1/chat/completions', body, context, {
    prompt: { kind: 'chat', messages, ...templateOf(body) },
    ignored,
    promptBytes: bytes,
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    maxTokensParam: body.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens',
    defaultMaxTokens: context.limits.defaultMaxTokens,
    logprobs: body.logprobs ? (body.top_logprobs ?? 0) : undefined,
    promptParam: 'messages',
  });
}

export function prepareCompletion(body: CompletionBody, context: PrepareContext): PreparedRequest {
  const ignored = refuseUnsupported('/v1/completions', body, COMPLETION_FIELDS);
  if (body.best_of != null && body.best_of !== (body.n ?? 1))
    throw unsupported('best_of', "may only be the value of 'n'");
  const prompt = readPrompt(body.prompt);
  return prepare('/v1/completions', body, context, {
    prompt,
    ignored,
    promptBytes: prompt.kind === 'text' ? Buffer.byteLength(prompt.text) : prompt.ids.length,
    maxTokens: body.max_tokens ?? undefined,
    maxTokensParam: 'max_tokens',
    defaultMaxTokens: DEFAULT_COMPLETION_TOKENS,
    logprobs: body.logprobs ?? undefined,
    promptParam: 'prompt',
  });
}

function readPrompt(
  prompt: CompletionBody['prompt'],
): Extract<JobRequest['prompt'], { kind: 'text' }> | Extract<JobRequest['prompt'], { kind: 'ids' }> {
  if (typeof prompt === 'string') return readText(prompt);
  const [first] = prompt;
  if (typeof first === 'number') return { kind: 'ids', ids: prompt as number[] };
  if (prompt.length > 1) throw unsupported('prompt', 'may hold one prompt at a time');
  return typeof first === 'string' ? readText(first) : { kind: 'ids', ids: first as number[] };
}

function readText(text: string): Extract<JobRequest['prompt'], { kind: 'text' }> {
  if (text === '') throw new PoolError('prompt-empty', 'The prompt is empty.', { data: { param: 'prompt' } });
  return { kind: 'text', text };
}

type ChatPrompt = Extract<JobRequest['prompt'], { kind: 'chat' }>;

interface Parts {
  prompt: JobRequest['prompt'];
  ignored: readonly string[];
  /** Bytes of the texts alone, or the number of ids. */
  promptBytes: number;
  maxTokens: number | undefined;
  maxTokensParam: string;
  defaultMaxTokens: number;
  logprobs: number | undefined;
  promptParam: string;
}

function prepare(
  endpoint: Endpoint,
  body: ChatBody | CompletionBody,
  context: PrepareContext,
  parts: Parts,
): PreparedRequest {
  const entry = findModel(context.models, body.model);
  checkLength(parts, entry);
  const mostTokens = Math.min(context.limits.maxTokens, entry.contextTokens ?? Number.POSITIVE_INFINITY);
  if (parts.maxTokens !== undefined && parts.maxTokens > mostTokens) {
    throw bad(parts.maxTokensParam, `may be at most ${mostTokens} for this model`);
  }
  const choices = body.n ?? 1;
  const maxTokens = parts.maxTokens ?? Math.min(parts.defaultMaxTokens, mostTokens);
  if (parts.logprobs !== undefined && choices * maxTokens * (1 + parts.logprobs) > MAX_LOGPROB_ENTRIES) {
    throw bad('logprobs', 'would be too many; ask for fewer tokens, choices or alternatives');
  }
  return {
    endpoint,
    entry,
    modelName: body.model,
    order: {
      pool: entry.pool,
      isSeeded: body.seed != null,
      ...(body.max_credits == null ? {} : { maxMicros: Math.floor(body.max_credits * MICROS_PER_CREDIT) }),
      ...(body.quote == null ? {} : { quote: body.quote }),
      request: {
        prompt: parts.prompt,
        temperature: body.temperature ?? undefined,
        topP: body.top_p ?? undefined,
        topK: body.top_k ?? undefined,
        seed: body.seed == null ? randomInt(2 ** 47) : foldSeed(body.seed),
        maxTokens,
        stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
        choices,
        logprobs: parts.logprobs,
        codec: body.codec ?? undefined,
        drafter: body.drafting === false ? 'none' : 'ngram',
      },
    },
    mode: body.mode ?? 'auto',
    isStream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    isDryRun: body.dry_run ?? false,
    ignored: parts.ignored,
  };
}

/** Throws `context-exceeded` for a prompt that no tokenizer needs to see; the others are counted by the driver. */
function checkLength({ prompt, promptBytes, promptParam }: Parts, { contextTokens }: ModelEntry): void {
  const mostIds = Math.min(contextTokens ?? Number.POSITIVE_INFINITY, MAX_PROMPT_IDS);
  const isTooLong = prompt.kind === 'ids' ? promptBytes > mostIds : promptBytes > MAX_PROMPT_BYTES;
  if (!isTooLong) return;
  const most = prompt.kind === 'ids' ? `${mostIds} tokens` : `${MAX_PROMPT_BYTES} bytes`;
  const has = `The prompt has ${promptBytes} ${prompt.kind === 'ids' ? 'tokens' : 'bytes'}, and at most ${most} can be sent.`;
  const model = contextTokens === undefined ? '' : `This model's maximum context length is ${contextTokens} tokens. `;
  throw new PoolError('context-exceeded', model + has, { data: { param: promptParam } });
}

/** What the model's chat template may read beside the messages. */
function templateOf({ chat_template_kwargs, reasoning_effort }: ChatBody): Pick<ChatPrompt, 'template'> {
  const template = {
    ...(reasoning_effort == null ? {} : { reasoning_effort }),
    ...(chat_template_kwargs as TemplateNames | null | undefined),
  };
  // The two together may be more than a driver reads, where neither is alone.
  const issue = templateNamesSchema.safeParse(template).error?.issues[0];
  if (issue) throw bad('chat_template_kwargs', `with 'reasoning_effort' ${issue.message}`);
  return Object.keys(template).length === 0 ? {} : { template };
}

/** OpenAI takes negative seeds; ours begin at 0. One to one for every seed that people use. */
function foldSeed(seed: number): number {
  const range = Number.MAX_SAFE_INTEGER - MAX_CHOICES;
  return ((seed % range) + range) % range;
}

const bad = (param: string, why: string): PoolError =>
  new PoolError('bad-request', `'${param}' ${why}.`, { data: { param } });
