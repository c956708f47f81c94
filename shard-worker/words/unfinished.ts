// An answer that was not over when its page closed: what a page that is opened again with the same keys needs to go on with it.
import * as z from 'zod/mini';
import { jobIdSchema, poolIdSchema, sessionIdSchema } from '../../protocol/ids.ts';
import { MAX_PROMPT_IDS } from '../../protocol/limits.ts';

const count = z.number().check(z.int(), z.gte(0));
const text = z.string();

export const unfinishedSchema = z.object({
  pool: poolIdSchema,
  /** The number that it was asked by. */
  ask: count,
  job: jobIdSchema,
  /** What the entry knows the conversation by. */
  session: sessionIdSchema,
  /** As it was asked, its seed filled in. */
  request: z.object({
    messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: text })),
    temperature: z.optional(z.number()),
    topK: z.optional(z.number()),
    topP: z.optional(z.number()),
    seed: z.optional(z.number()),
    maxTokens: z.optional(count),
    stop: z.optional(z.array(text)),
    mode: z.optional(z.enum(['auto', 'solo', 'lan', 'speculative', 'batch'])),
  }),
  /** The answer as far as it had come; the first `resumed` of them were an earlier job's. */
  tokenIds: z.array(count).check(z.maxLength(MAX_PROMPT_IDS)),
  resumed: count,
  /** What these tokens say. */
  text,
  cachedTokens: count,
  delivered: z.array(z.object({ epoch: count, tokens: count })),
  /** Milliseconds since 1970. */
  at: count,
});
export type Unfinished = z.infer<typeof unfinishedSchema>;
