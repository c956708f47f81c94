// What drafting brings: tokens that one lap yields, and how much longer the lap computes. Pure.
import type { RoutePlan } from '../../protocol/route-plan.ts';

export type Drafter = RoutePlan['drafter'];

/** Most drafted tokens per lap: beyond it verification costs more than the rare long run of hits brings. */
export const MAX_DRAFT_TOKENS = 8;

/**
 * Chance that a drafted token is kept, until a pool measured its own. n-gram lookup gives 1.07 to 1.10 tokens per trip on
 * general text: 0.08. A chain of four from a small model of the same family gives 2.81 to 3.42: 0.7 is the lower end.
 */
export const TYPICAL_ACCEPTANCE: Record<Drafter, number> = { none: 0, ngram: 0.08, model: 0.7 };

/** Milliseconds that one drafted token takes the driver: a lookup in a table; a step of a model of a few million parameters. */
export const TYPICAL_DRAFT_MS: Record<Drafter, number> = { none: 0, ngram: 0.05, model: 6 };

/**
 * Compute of a stage for n positions at once over that for one is `fixed + perPosition × n`. Fitted to published laps of
 * two devices at 0, 5, 20 and 50 ms (27.9, 21.1, 12.9, 7.2 tok/s plain; 32.7, 27.9, 20.6, 13.5 with 3 drafted): the fit gives 2.3 tokens
 * per lap and 1.96 times the compute. That model was a mixture of experts; a dense one pays less.
 */
export const VERIFY = { fixed: 0.68, perPosition: 0.32 };

/** The first token plus every run of kept drafts: (1 - a^(n+1)) / (1 - a). Leviathan, Kalman, Matias, ICML 2023, equation 1. */
export function countTokensPerLap(acceptance: number, draftTokens: number): number {
  const kept = Math.min(1, Math.max(0, acceptance));
  let tokens = 1;
  for (let drafted = 1, run = kept; drafted <= draftTokens; drafted += 1, run *= kept) tokens += run;
  return tokens;
}

/** How much longer the stages compute when they verify so many drafted tokens. */
export const verifyFactor = (draftTokens: number): number => VERIFY.fixed + VERIFY.perPosition * (1 + draftTokens);
