// How a tab that holds the whole model answers without a server that would plan for it. Pure.
import { PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { LocalReady } from '../worker/worker-api.ts';

/** Compute of a prefill chunk over that of one position, as the server's planner reckons it: `1 + 0.07 x (n - 1)`. */
const PREFILL_PER_POSITION = 0.07;

/** Nothing is drafted: no hop is saved. */
export function planAlone({ msPerLayer, layers }: LocalReady, promptTokens: number): RoutePlan {
  const lapMs = Math.max(msPerLayer * layers, 0.001);
  const chunkTokens = Math.max(1, Math.min(promptTokens, PREFILL_CHUNK_TOKENS));
  const chunks = Math.max(1, Math.ceil(promptTokens / PREFILL_CHUNK_TOKENS));
  return {
    ...{ mode: 'solo', driver: 'here', local: true, drafter: 'none', stages: 1, rejected: [] },
    reason: 'The server did not answer, and this tab holds the whole model.',
    facts: [{ kind: 'holds-all-unserved' }],
    predicted: {
      tokensPerSecond: 1000 / lapMs,
      timeToFirstTokenMs: lapMs * (1 + PREFILL_PER_POSITION * (chunkTokens - 1)) * chunks,
    },
  };
}
