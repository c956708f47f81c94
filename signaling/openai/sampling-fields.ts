// The fields that chat and plain completions share, as OpenAI names and bounds them, and our few extensions. Schemas only:
// what a field may not say here is looked at in refuse-unsupported.ts.
import { z } from '@hono/zod-openapi';
import { codecPolicySchema } from '../../protocol/codec.ts';
import { MAX_CHOICES, MAX_STOP_CHARS, MAX_STOPS } from '../../protocol/limits.ts';

/** OpenAI's is a 64-bit integer; JSON's numbers hold those above 2^53 to some digits only. */
const int64 = z
  .number()
  .min(-(2 ** 63))
  .max(2 ** 63)
  .refine(Number.isInteger, 'must be a whole number');

/** More than any account has. */
const MAX_CREDITS = 1_000_000_000;

const stop = z.string().min(1).max(MAX_STOP_CHARS);

export const samplingFields = {
  model: z
    .string()
    .min(1)
    .max(400)
    .openapi({ description: 'A repository (`owner/name`) or a whole pool id (`owner/name@revision:dtype`).' }),
  temperature: z.number().min(0).max(2).nullish().openapi({ description: 'Unset: the model’s own default.' }),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).max(1000).nullish().openapi({ description: 'Extension.' }),
  seed: int64.nullish().openapi({
    type: 'integer',
    format: 'int64',
    description: 'Same seed, request and `system_fingerprint`: same answer, always.',
  }),
  stop: z.union([stop, z.array(stop).max(MAX_STOPS)]).nullish(),
  n: z.int().min(1).max(MAX_CHOICES).nullish().openapi({ description: 'Choice i is sampled with seed + i.' }),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
    .nullish(),
  max_tokens: z.int().min(1).nullish(),
  user: z.string().max(512).nullish(),
  mode: z.enum(['auto', 'solo', 'lan', 'speculative']).nullish().openapi({
    description: 'Extension. Anything but `auto` (the default) is refused when the platform would route otherwise.',
  }),
  drafting: z.boolean().nullish().openapi({ description: 'Extension. `false` turns speculation off.' }),
  codec: z.enum(codecPolicySchema.options).nullish().openapi({
    description: 'Extension. How hidden states may travel between devices. Anything but `exact` may change the answer.',
  }),
  max_credits: z.number().gt(0).max(MAX_CREDITS).nullish().openapi({
    description: 'Extension. The most that the answer may cost; a request that could cost more is refused.',
  }),
  quote: z.string().max(1024).nullish().openapi({
    description: 'Extension. The `quote` of a `dry_run`: its prices hold for five minutes.',
  }),
  dry_run: z.boolean().nullish().openapi({ description: 'Extension. Answers with the route and the price instead.' }),
};
