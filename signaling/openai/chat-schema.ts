// The body of POST /v1/chat/completions.
import { z } from '@hono/zod-openapi';
import { MAX_PROMPT_BYTES, MAX_TOP_LOGPROBS } from '../../protocol/limits.ts';
import { samplingFields } from './sampling-fields.ts';

const text = z.string().max(MAX_PROMPT_BYTES);

/** Loose: parts and roles that OpenAI knows and we do not are refused by name in read-messages.ts. */
export const messageSchema = z.looseObject({
  role: z.string().max(40).openapi({ description: '`system`, `developer` (the same here), `user` or `assistant`.' }),
  content: z
    .union([text, z.array(z.looseObject({ type: z.string().max(40), text: text.optional() })).max(64)])
    .nullish()
    .openapi({ description: 'A text, or parts of type `text`.' }),
});

export const chatBodySchema = z
  .looseObject({
    ...samplingFields,
    messages: z.array(messageSchema).min(1).max(512),
    max_completion_tokens: z.int().min(1).nullish(),
    logprobs: z.boolean().nullish(),
    top_logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
  })
  .openapi('ChatCompletionRequest');
export type ChatBody = z.infer<typeof chatBodySchema>;
