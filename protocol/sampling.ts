// Sampling parameters as they travel in a session's OPEN frame. Names are those of the field (OpenAI, transformers).
import * as z from 'zod/mini';

export const samplingSchema = z.object({
  /** 0 is greedy. */
  temperature: z.number().check(z.gte(0), z.lte(5)),
  /** Keep the k most likely tokens; 0 keeps all. */
  topK: z.number().check(z.int(), z.gte(0), z.lte(1_000_000)),
  /** Keep the smallest set whose probability reaches p; 1 keeps all. */
  topP: z.number().check(z.gt(0), z.lte(1)),
  /** 53-bit seed; the same seed, prompt and parameters give the same answer on any route. */
  seed: z.number().check(z.int(), z.gte(0), z.lte(Number.MAX_SAFE_INTEGER)),
});
export type Sampling = z.infer<typeof samplingSchema>;

export const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 };
