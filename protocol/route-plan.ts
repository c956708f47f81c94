// How the platform would answer a request, and why not otherwise: made by the planner, shown to people and programs.
import * as z from 'zod/mini';
import { codecPolicySchema } from './codec.ts';

const short = z.string().check(z.maxLength(500));

/**
 * `solo`: one device holds the whole model, no hop inside an answer. `lan`: a coalition whose peers are within a few
 * milliseconds. `speculative`: a coalition further apart; a drafter guesses and one lap verifies many tokens. `batch`:
 * nothing interactive can be had now; a job id now, the result later.
 */
export const modeSchema = z.enum(['solo', 'lan', 'speculative', 'batch']);
export type Mode = z.infer<typeof modeSchema>;

export const predictionSchema = z.object({
  tokensPerSecond: z.number().check(z.gte(0)),
  timeToFirstTokenMs: z.number().check(z.gte(0)),
});
export type Prediction = z.infer<typeof predictionSchema>;

export const routePlanSchema = z.object({
  mode: modeSchema,
  /** Where the driver runs: in the asking tab, or at the entry stage (requests over HTTP). */
  driver: z.enum(['here', 'entry']),
  /** Whether the asking tab itself computes all layers. */
  local: z.boolean(),
  drafter: z.enum(['none', 'ngram', 'model']),
  /** How hidden states may travel between stages; absent: `exact`. Anything else changes the answer. */
  codec: z.optional(codecPolicySchema),
  stages: z.number().check(z.int(), z.gte(0)),
  /** One or two sentences with the numbers that decided. */
  reason: short,
  predicted: predictionSchema,
  /** What was turned down, best first. */
  rejected: z
    .array(
      z.object({
        mode: modeSchema,
        /** The asking tab by itself, where it is `solo`. */
        local: z.optional(z.boolean()),
        why: short,
        predicted: z.optional(predictionSchema),
      }),
    )
    .check(z.maxLength(8)),
});
export type RoutePlan = z.infer<typeof routePlanSchema>;
