// What tabs in reserve hold beside the coalition that answers: asks them to load it, notes when they have, and says of each seat
// who would take it. Pure.
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import type { LayerRange } from '../planner/partition-layers.ts';
import { isSame, planReserve } from '../planner/plan-reserve.ts';
import { reckonPaces } from '../planner/reckon-paces.ts';
import { coalitionsOf } from './coalitions.ts';
import type { Effect, Pool, PoolPeer, PoolStep, WarmLayers } from './roster-state.ts';

/** After any change of a pool whose coalition answers. While a plan is due or loads, everybody may be needed elsewhere. */
export function keepReserve(pool: Pool): PoolStep {
  const coalitions = coalitionsOf(pool);
  const { manifest } = pool;
  const isSettled =
    coalitions.length > 0 && coalitions.every(({ state }) => state === 'ready') && pool.replanAtMs === undefined;
  if (!manifest || !isSettled) return { pool, effects: [] };
  // A spare whose probe ran while the others computed says to be several times as slow, and is not.
  const open = reckonPaces(pool.peers.filter(({ excluded }) => excluded === undefined));
  const seats = coalitions.flatMap((coalition) => coalition.seats);
  const reserve = open.filter(({ peer }) => !seats.some((seat) => seat.peer === peer));
  // Rings with the same cut want the same layers.
  const ranges = seats.filter((seat, at) => seats.findIndex((other) => isSame(other, seat)) === at);
  const planned = planReserve(manifest, ranges, open, reserve);
  const effects: Effect[] = [];
  const peers = pool.peers.map((entry): PoolPeer => {
    const layers = planned.get(entry.peer);
    const warm = entry.warm ?? [];
    const held = warm.filter(({ hasFailed }) => !hasFailed);
    const isHeld = ({ start, end }: LayerRange) => held.find((each) => isSame(each, { start, end }));
    if (!layers) return entry;
    const near = neighboursOf(coalitions, layers, entry.peer);
    const isNear = near.every((peer) => entry.near?.includes(peer));
    if (isNear && layers.length === held.length && layers.every(isHeld)) return entry;
    effects.push({ to: [entry.peer], message: { type: 'warm', pool: pool.id, layers, near } });
    const next = layers.map((each): WarmLayers => isHeld(each) ?? { ...each, isReady: false });
    return { ...entry, near, warm: [...next, ...warm.filter(({ hasFailed }) => hasFailed)] };
  });
  return { pool: effects.length > 0 ? { ...pool, peers } : pool, effects };
}

/** Whom the seats of these layers are linked to: those before and after them, and entry and exit to each other. */
function neighboursOf(coalitions: readonly Coalition[], layers: readonly LayerRange[], self: PeerId): PeerId[] {
  const near = new Set<PeerId>();
  for (const { seats } of coalitions) {
    for (const [at, seat] of seats.entries()) {
      if (!layers.some((each) => isSame(each, seat))) continue;
      const ends = at === 0 ? [seats.at(-1)] : at === seats.length - 1 ? [seats[0]] : [];
      for (const other of [seats[at - 1], seats[at + 1], ...ends]) if (other && other !== seat) near.add(other.peer);
    }
  }
  near.delete(self);
  return [...near].slice(0, MAX_STAGES);
}

/** A tab in reserve holds what it was asked to, or cannot. */
export function noteWarm(pool: Pool, peer: PeerId, layers: LayerRange, isReady: boolean): PoolStep {
  const entry = pool.peers.find((each) => each.peer === peer);
  const asked = entry?.warm?.find((each) => isSame(each, layers) && !each.hasFailed);
  if (!asked || (isReady && asked.isReady)) return { pool, effects: [] };
  const told: WarmLayers = { ...layers, isReady, ...(isReady ? {} : { hasFailed: true }) };
  const warm = entry!.warm!.map((each) => (each === asked ? told : each));
  return {
    pool: { ...pool, peers: pool.peers.map((each) => (each === entry ? { ...each, warm } : each)) },
    effects: [],
  };
}

/** Who would take this seat: one that holds its layers, one that loads them, or nobody. */
export function standbyOf({ peers, coalitions }: Pool, seat: Seat): 'warm' | 'loading' | undefined {
  const seated = new Set(coalitions.flatMap(({ coalition }) => coalition.seats.map(({ peer }) => peer)));
  const holding = peers
    .filter(({ peer, excluded }) => excluded === undefined && !seated.has(peer))
    .flatMap(({ warm }) => warm?.filter((layers) => !layers.hasFailed && isSame(layers, seat)) ?? []);
  if (holding.length === 0) return undefined;
  return holding.some(({ isReady }) => isReady) ? 'warm' : 'loading';
}
