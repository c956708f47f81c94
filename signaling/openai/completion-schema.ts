// The body of POST /v1/completions.
import { z } from '@hono/zod-openapi';
import { MAX_CHOICES, MAX_TOP_LOGPROBS } from '../../protocol/limits.ts';
import { samplingFields } from './sampling-fields.ts';

/** The body's size bounds both; how long a prompt may be is told by prepare-request.ts, in words that clients know. */
const text = z.string();
const ids = z.array(z.int().min(0).max(4_000_000)).min(1);

export const completionBodySchema = z
  .looseObject({
    ...samplingFields,
    prompt: z
      .union([text, ids, z.array(text).min(1), z.array(ids).min(1)])
      .openapi({ description: 'One text or one list of token ids; either may be the only entry of an array.' }),
    logprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).nullish(),
    best_of: z.int().min(1).max(MAX_CHOICES).nullish().openapi({ description: 'Only the value of `n`.' }),
  })
  .openapi('CompletionRequest');
export type CompletionBody = z.infer<typeof completionBodySchema>;
