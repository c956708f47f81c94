// What tabs in reserve hold beside the coalition that answers: asks them to load it, notes when they have, and says of each seat
// who would take it. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isSame, planReserve } from '../planner/plan-reserve.ts';
import { hasSeat } from './change-coalition.ts';
import { formingOf, servingOf } from './coalitions.ts';
import type { Effect, Pool, PoolPeer, PoolStep, WarmLayers } from './roster-state.ts';

/** After any change of a pool whose coalition answers. While a plan is due or loads, everybody may be needed elsewhere. */
export function keepReserve(pool: Pool): PoolStep {
  const serving = servingOf(pool);
  const { manifest } = pool;
  const isSettled = serving?.state === 'ready' && !formingOf(pool) && pool.replanAtMs === undefined;
  if (!manifest || !isSettled) return { pool, effects: [] };
  const open = pool.peers.filter(({ excluded }) => excluded === undefined);
  const reserve = open.filter(({ peer }) => !hasSeat(serving, peer));
  const planned = planReserve(manifest, serving.seats, open, reserve);
  const effects: Effect[] = [];
  const peers = pool.peers.map((entry): PoolPeer => {
    const layers = planned.get(entry.peer);
    if (!layers || (entry.warm && isSame(entry.warm, layers))) return entry;
    effects.push({ to: [entry.peer], message: { type: 'warm', pool: pool.id, ...layers } });
    return { ...entry, warm: { ...layers, isReady: false } };
  });
  return { pool: effects.length > 0 ? { ...pool, peers } : pool, effects };
}

/** A tab in reserve holds what it was asked to. */
export function noteWarm(pool: Pool, peer: PeerId, warm: WarmLayers): PoolStep {
  const entry = pool.peers.find((each) => each.peer === peer);
  if (!entry?.warm || !isSame(entry.warm, warm) || entry.warm.isReady === warm.isReady) return { pool, effects: [] };
  return {
    pool: { ...pool, peers: pool.peers.map((each) => (each === entry ? { ...each, warm } : each)) },
    effects: [],
  };
}

/** Who would take this seat: one that holds its layers, one that loads them, or nobody. */
export function standbyOf({ peers, coalitions }: Pool, seat: Seat): 'warm' | 'loading' | undefined {
  const seated = new Set(coalitions.flatMap(({ coalition }) => coalition.seats.map(({ peer }) => peer)));
  const holding = peers.filter(
    ({ peer, excluded, warm }) => warm && isSame(warm, seat) && excluded === undefined && !seated.has(peer),
  );
  if (holding.length === 0) return undefined;
  return holding.some(({ warm }) => warm?.isReady) ? 'warm' : 'loading';
}
