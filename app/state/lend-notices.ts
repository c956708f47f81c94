// What of this window's lending needs its person, and who has been told of it. Pure.
import type { StageState } from '../../shard-worker/index.ts';

export type Need = 'failed' | 'gpu-lost' | 'server-away';

/** A server that restarts is back sooner. */
const AWAY_MS = 60_000;

export function needOf(state: Pick<StageState, 'phase' | 'error' | 'away'>, nowMs: number): Need | undefined {
  if (state.phase === 'failed') return state.error?.code === 'device-lost' ? 'gpu-lost' : 'failed';
  if (state.phase === 'left' || !state.away) return undefined;
  return nowMs - state.away.sinceMs >= AWAY_MS ? 'server-away' : undefined;
}

/** By shard, what was needed last. */
export type Needs = ReadonlyMap<number, Need>;

/** Needs of now, and of those that are new each kind once: several shards that lost one server are one matter. */
export function noteNeeds(
  before: Needs,
  shards: readonly { key: number; need: Need | undefined }[],
): { needs: Needs; fresh: readonly Need[] } {
  const needs = new Map(shards.flatMap(({ key, need }) => (need ? [[key, need] as const] : [])));
  const known = new Set(before.values());
  const fresh = [...needs].filter(
    ([key, need]) => before.get(key) !== need && !(need === 'server-away' && known.has(need)),
  );
  return { needs, fresh: [...new Set(fresh.map(([, need]) => need))] };
}
