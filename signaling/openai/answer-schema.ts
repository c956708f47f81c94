// How answers look, for the OpenAPI document. Nothing is parsed with these: what we write ourselves is typed where it is
// written.
import { z } from '@hono/zod-openapi';

const usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: z.object({ cached_tokens: z.int() }),
  })
  .openapi('Usage');

const computepool = z
  .looseObject({
    job: z.string(),
    receipt: z.string(),
    mode: z.string(),
    charged_credits: z.string(),
    seed: z.int(),
  })
  .openapi('AnswerExtension', { description: 'Route, prediction, outcome, drafting, cost and seed of the answer.' });

const envelope = {
  id: z.string(),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string(),
  usage,
  computepool,
};
const finish = z.enum(['stop', 'length']);
const logprobs = z.record(z.string(), z.unknown()).nullable();

export const chatAnswerSchema = z
  .object({
    ...envelope,
    object: z.literal('chat.completion'),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        logprobs,
        finish_reason: finish,
      }),
    ),
  })
  .openapi('ChatCompletion');

export const completionAnswerSchema = z
  .object({
    ...envelope,
    object: z.literal('text_completion'),
    choices: z.array(z.object({ index: z.int(), text: z.string(), logprobs, finish_reason: finish })),
  })
  .openapi('Completion');

export const quoteSchema = z
  .object({
    object: z.literal('computepool.quote'),
    model: z.string(),
    max_credits: z.string(),
    max_micros: z.int(),
    plan: z.looseObject({ mode: z.string(), reason: z.string() }),
  })
  .openapi('Quote', { description: 'For `dry_run`.' });
