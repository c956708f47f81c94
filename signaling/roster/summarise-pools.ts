// What everyone is told of the pools: a state and a sentence. Pure. Names no peer.

import type { PoolSummary } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { exclusionSchema, type PoolReason } from '../../protocol/pool-reason.ts';
import { tellReason } from '../planner/tell-reason.ts';
import { coalitionsOf, formingOf, readyOf, ringOf } from './coalitions.ts';
import { MAX_POOLS, type Pool, type Roster } from './roster-state.ts';

/** Pools that have tabs, and the configured one. A pool that is only watched is nobody else's business. */
export const summarisePools = (roster: Roster): PoolSummary[] =>
  [...roster.pools.values()]
    .filter((pool) => pool.pinned || pool.peers.length > 0)
    .slice(0, MAX_POOLS)
    .map((pool) => ({
      ...{ pool: pool.id, model: pool.model, peers: pool.peers.length, state: stateOf(pool) },
      ...tellPool([mainReason(pool), ...sideReasons(pool)]),
    }));

/** What one asks before choosing this pool. `pace`: tokens a second of its last answers; until then a token is a lap of the canary. */
export function poolFacts(
  pool: Pool,
  manifest: ModelManifest,
  { price, pace }: { price: Price; pace?: number | undefined },
): NonNullable<PoolSummary['facts']> {
  const timed = pool.coalitions.find(({ coalition, lapMs }) => coalition.state === 'ready' && lapMs !== undefined);
  const exact = pace ?? (timed?.lapMs ? 1000 / timed.lapMs : undefined);
  // Two digits: everybody is told of a change, and jitter is none.
  const tokensPerSecond = exact && Number(exact.toPrecision(2));
  return {
    weightBytes: stageBytes(manifest, 0, manifest.layers),
    contextTokens: manifest.maxContext,
    price,
    ...(tokensPerSecond && readyOf(pool).length > 0 ? { tokensPerSecond } : {}),
  };
}

/** Reasons, and the sentences that programs read. */
export const tellPool = (why: PoolReason[]): Pick<PoolSummary, 'reason' | 'why'> => ({
  reason: why.map(tellReason).join(' '),
  why,
});

function stateOf(pool: Pool): PoolSummary['state'] {
  if (readyOf(pool).length > 0) return 'ready';
  if (formingOf(pool)) return 'forming';
  return pool.peers.length > 0 ? 'waiting' : 'empty';
}

function mainReason(pool: Pool): PoolReason {
  const layers = pool.manifest?.layers ?? 0;
  const ready = readyOf(pool);
  if (ready.length > 0) return { kind: 'serving', rings: ready.map(({ seats }) => seats.length), layers };
  const forming = formingOf(pool);
  if (forming?.isTried) return { kind: 'tried', layers };
  if (forming) {
    const { seats } = forming.coalition;
    return { kind: 'loading', ready: seats.filter((seat) => seat.ready).length, tabs: seats.length, layers };
  }
  if (pool.peers.length === 0) return { kind: 'no-tab' };
  return pool.waitsFor ?? { kind: 'planning' };
}

function sideReasons(pool: Pool): PoolReason[] {
  const reasons: PoolReason[] = [];
  const forming = formingOf(pool);
  if (forming && readyOf(pool).length > 0) {
    const isFurther = readyOf(pool).every((coalition) => ringOf(coalition) !== ringOf(forming.coalition));
    reasons.push({ kind: isFurther ? 'loads-ring' : 'loads-split', tabs: forming.coalition.seats.length });
  }
  const seated = new Set(coalitionsOf(pool).flatMap(({ seats }) => seats.map(({ peer }) => peer)));
  const isLive = pool.coalitions.length > 0;
  const spares = pool.peers.filter(({ peer, excluded }) => excluded === undefined && !seated.has(peer)).length;
  if (isLive && spares > 0) reasons.push({ kind: 'reserve', tabs: spares });
  for (const why of exclusionSchema.options) {
    const tabs = pool.peers.filter(({ excluded }) => excluded === why).length;
    if (tabs > 0) reasons.push({ kind: 'excluded', why, tabs });
  }
  return reasons;
}
