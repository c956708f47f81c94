// What everyone is told of the pools: a state and a sentence. Pure. Names no peer.

import type { PoolSummary } from '../../protocol/control.ts';
import type { Price } from '../../protocol/credits.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { coalitionsOf, formingOf, readyOf, ringOf } from './coalitions.ts';
import { type Exclusion, MAX_POOLS, type Pool, type Roster } from './roster-state.ts';

const tabs = (count: number): string => (count === 1 ? '1 tab' : `${count} tabs`);
/** A verb that takes an s: `1, 'serve'` -> `1 tab serves`. */
const tabsDo = (count: number, verb: string): string => `${tabs(count)} ${count === 1 ? `${verb}s` : verb}`;
const EXCLUDED: Record<Exclusion, string> = {
  failed: 'failed',
  stalled: 'stopped loading',
  unreachable: 'cannot be reached by its neighbours',
  silent: 'answers nobody',
  unshown: 'did not show what it says',
  unsteady: 'left its seat or failed in it again and again',
};

/** Pools that have tabs, and the configured one. A pool that is only watched is nobody else's business. */
export const summarisePools = (roster: Roster): PoolSummary[] =>
  [...roster.pools.values()]
    .filter((pool) => pool.pinned || pool.peers.length > 0)
    .slice(0, MAX_POOLS)
    .map((pool) => ({
      pool: pool.id,
      model: pool.model,
      peers: pool.peers.length,
      state: stateOf(pool),
      reason: [mainReason(pool), ...sideReasons(pool)].join(' '),
    }));

/** What one asks before choosing this pool. A lap of several rings is that of the first. */
export function poolFacts(pool: Pool, manifest: ModelManifest, price: Price): NonNullable<PoolSummary['facts']> {
  const timed = pool.coalitions.find(({ coalition, lapMs }) => coalition.state === 'ready' && lapMs !== undefined);
  return {
    weightBytes: stageBytes(manifest, 0, manifest.layers),
    contextTokens: manifest.maxContext,
    price,
    ...(timed?.lapMs === undefined ? {} : { lapMs: timed.lapMs }),
  };
}

function stateOf(pool: Pool): PoolSummary['state'] {
  if (readyOf(pool).length > 0) return 'ready';
  if (formingOf(pool)) return 'forming';
  return pool.peers.length > 0 ? 'waiting' : 'empty';
}

function mainReason(pool: Pool): string {
  const layers = pool.manifest?.layers ?? 0;
  const [ready, ...further] = readyOf(pool);
  if (ready && further.length > 0) {
    const sizes = [ready, ...further].map(({ seats }) => seats.length).join(' and ');
    return `${further.length + 1} rings, of ${sizes} tabs, serve ${layers} layers side by side.`;
  }
  if (ready) return `${tabsDo(ready.seats.length, 'serve')} ${layers} layers.`;
  const forming = formingOf(pool);
  if (forming) {
    const { seats } = forming.coalition;
    const ready = seats.filter((seat) => seat.ready).length;
    if (forming.isTried) return `All ${layers} layers are there; a short answer tries them.`;
    return `${tabsDo(seats.length, 'load')} ${layers} layers: ${ready} of ${seats.length} ready.`;
  }
  if (pool.peers.length === 0) return 'Waits for a tab to join.';
  return pool.waitingReason || 'The server is giving the tabs their layers.';
}

function sideReasons(pool: Pool): string[] {
  const reasons: string[] = [];
  const forming = formingOf(pool);
  if (forming && readyOf(pool).length > 0) {
    const isFurther = readyOf(pool).every((coalition) => ringOf(coalition) !== ringOf(forming.coalition));
    const what = isFurther ? 'another ring' : 'the next split';
    reasons.push(`${tabsDo(forming.coalition.seats.length, 'load')} ${what} meanwhile.`);
  }
  const seated = new Set(coalitionsOf(pool).flatMap(({ seats }) => seats.map(({ peer }) => peer)));
  const isLive = pool.coalitions.length > 0;
  const spares = pool.peers.filter(({ peer, excluded }) => excluded === undefined && !seated.has(peer)).length;
  if (isLive && spares > 0) reasons.push(`${tabs(spares)} in reserve.`);
  for (const [exclusion, words] of Object.entries(EXCLUDED)) {
    const count = pool.peers.filter(({ excluded }) => excluded === exclusion).length;
    if (count > 0) reasons.push(`${tabs(count)} ${words}.`);
  }
  return reasons;
}
