// What everyone is told of the pools: a state and a sentence. Pure. Names no peer.
import type { PoolSummary } from '../../protocol/control.ts';
import { type Exclusion, MAX_POOLS, type Pool, type Roster } from './roster-state.ts';

const tabs = (count: number): string => (count === 1 ? '1 tab' : `${count} tabs`);
const EXCLUDED: Record<Exclusion, string> = {
  failed: 'failed',
  stalled: 'stopped loading',
  unreachable: 'cannot be reached by its neighbours',
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

function stateOf({ serving, forming, peers }: Pool): PoolSummary['state'] {
  if (serving?.state === 'ready') return 'ready';
  if (forming) return 'forming';
  return peers.length > 0 ? 'waiting' : 'empty';
}

function mainReason(pool: Pool): string {
  const layers = pool.manifest?.layers ?? 0;
  if (pool.serving?.state === 'ready')
    return `${tabs(pool.serving.seats.length)} serve ${layers} layers.`.replace('1 tab serve', '1 tab serves');
  if (pool.forming) {
    const { seats } = pool.forming.coalition;
    const ready = seats.filter((seat) => seat.ready).length;
    return `${tabs(seats.length)} load ${layers} layers: ${ready} of ${seats.length} ready.`.replace(
      '1 tab load ',
      '1 tab loads ',
    );
  }
  if (pool.peers.length === 0) return 'Waits for a tab to join.';
  return pool.waitingReason || 'Plans the layers.';
}

function sideReasons(pool: Pool): string[] {
  const reasons: string[] = [];
  if (pool.serving?.state === 'ready' && pool.forming) {
    reasons.push(`${tabs(pool.forming.coalition.seats.length)} load the next split meanwhile.`);
  }
  const seated = new Set(
    [...(pool.serving?.seats ?? []), ...(pool.forming?.coalition.seats ?? [])].map(({ peer }) => peer),
  );
  const isLive = pool.serving !== undefined || pool.forming !== undefined;
  const spares = pool.peers.filter(({ peer, excluded }) => excluded === undefined && !seated.has(peer)).length;
  if (isLive && spares > 0) reasons.push(`${tabs(spares)} in reserve.`);
  for (const [exclusion, words] of Object.entries(EXCLUDED)) {
    const count = pool.peers.filter(({ excluded }) => excluded === exclusion).length;
    if (count > 0) reasons.push(`${tabs(count)} ${words}.`);
  }
  return reasons;
}
