// How the platform would answer a request, and why not otherwise: made by the planner, shown to people and programs.
import * as z from 'zod/mini';
import { codecPolicySchema } from './codec.ts';
import { modeSchema } from './mode.ts';
import { routeFactSchema } from './route-fact.ts';

export { type Mode, modeSchema } from './mode.ts';

const short = z.string().check(z.maxLength(500));
/** For pages, which tell it in the language of their person. Absent: of an older server. */
const facts = z.optional(z.array(routeFactSchema).check(z.maxLength(8)));

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
  /** The same by kind. */
  facts,
  predicted: predictionSchema,
  /** What was turned down, best first. */
  rejected: z
    .array(
      z.object({
        mode: modeSchema,
        /** The asking tab by itself, where it is `solo`. */
        local: z.optional(z.boolean()),
        why: short,
        facts,
        predicted: z.optional(predictionSchema),
      }),
    )
    .check(z.maxLength(8)),
});
export type RoutePlan = z.infer<typeof routePlanSchema>;
