// What tabs in reserve hold beside the coalition that answers: asks them to load it, notes how far they are, and says of each
// seat who would take it. Pure.
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { isSame, planReserve } from '../planner/plan-reserve.ts';
import { announce, hasSeat } from './change-coalition.ts';
import { coalitionsOf, formingOf, servingOf, withServing } from './coalitions.ts';
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
  const next = effects.length > 0 ? { ...pool, peers } : pool;
  const told = tellStandby(next, serving, new Set(planned.keys()));
  return { pool: told.pool, effects: [...effects, ...told.effects] };
}

/** A tab in reserve got further with what it was asked to hold. */
export function noteWarm(pool: Pool, peer: PeerId, warm: WarmLayers): PoolStep {
  const entry = pool.peers.find((each) => each.peer === peer);
  if (!entry?.warm || !isSame(entry.warm, warm) || entry.warm.isReady === warm.isReady) return { pool, effects: [] };
  return {
    pool: { ...pool, peers: pool.peers.map((each) => (each === entry ? { ...each, warm } : each)) },
    effects: [],
  };
}

/** Members and watchers hear of it when it changes. */
function tellStandby(pool: Pool, serving: Coalition, planned: ReadonlySet<PeerId>): PoolStep {
  const spares = pool.peers.filter(
    ({ peer }) => planned.has(peer) && !coalitionsOf(pool).some((one) => hasSeat(one, peer)),
  );
  const seats = serving.seats.map((seat): Seat => {
    const { standby: _before, ...rest } = seat;
    const holding = spares.filter(({ warm }) => warm && isSame(warm, seat));
    if (holding.length === 0) return rest;
    return { ...rest, standby: holding.some(({ warm }) => warm?.isReady) ? 'warm' : 'loading' };
  });
  if (seats.every(({ standby }, index) => standby === serving.seats[index]!.standby)) return { pool, effects: [] };
  const coalition: Coalition = { ...serving, seats };
  const next = withServing(pool, coalition);
  return { pool: next, effects: [announce(next, coalition)] };
}
