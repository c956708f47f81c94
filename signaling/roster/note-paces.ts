// What laps that the server timed say of tabs: how fast the planner takes those to be that answer, and whether a coalition that was to
// be faster is. Pure.
import type { Coalition } from '../../protocol/control.ts';
import { reckonPaces, slowDown } from '../planner/reckon-paces.ts';
import { formingOf, hasSeat, servingOf } from './coalitions.ts';
import { leftOutMs, type Pool, type PoolCoalition, type PoolPeer, type World } from './roster-state.ts';

/** A coalition is replaced by one that was to be faster only if it is. */
const AT_LEAST_FASTER = 1.05;

/** Somebody wants just so many tabs, however fast that is. */
const isForced = (pool: Pool, { stages, policyOf }: World): boolean =>
  (policyOf?.(pool.id)?.stages ?? stages) !== undefined;

function timedOf({ coalitions }: Pool): (PoolCoalition & { lapMs: number }) | undefined {
  const found = coalitions.find(({ coalition, lapMs }) => coalition.state === 'ready' && lapMs !== undefined);
  return found as (PoolCoalition & { lapMs: number }) | undefined;
}

/**
 * Tabs as the planner reckons with them; where nobody is tried, as they say. Who was no faster than those that answer does not take
 * their place for a time that doubles; where nobody answers, everybody counts, and so where `all` are wanted.
 */
export function pacedTabs(
  pool: Pool,
  tabs: readonly PoolPeer[],
  world: World,
  which: 'all' | 'faster' = 'faster',
): readonly PoolPeer[] {
  if (!world.tries) return tabs;
  const serving = servingOf(pool)?.state === 'ready' ? servingOf(pool) : undefined;
  const isWaiting = ({ peer, noFaster }: PoolPeer): boolean =>
    noFaster !== undefined && noFaster.untilMs > world.nowMs && !hasSeat(serving, peer);
  const wanted = which === 'faster' && serving && !isForced(pool, world) ? tabs.filter((tab) => !isWaiting(tab)) : tabs;
  const paced = reckonPaces(wanted);
  const timed = timedOf(pool);
  if (!timed || !pool.manifest) return paced;
  const { lapMs, coalition } = timed;
  return slowDown(paced, { manifest: pool.manifest, seats: coalition.seats, rtt: world.rtt, lapMs });
}

/**
 * What a lap of the coalition that is tried took, beside that of the one that answers. `isNoFaster`: the planner had chosen these
 * tabs for their speed and they are none: that one goes on, and who is new waits.
 */
export function noteLap(
  pool: Pool,
  { seats }: Coalition,
  lapMs: number,
  world: World,
): { pool: Pool; isNoFaster: boolean } {
  const serving = servingOf(pool);
  const before = timedOf(pool)?.lapMs;
  const fresh = seats.filter(({ peer }) => !hasSeat(serving, peer)).map(({ peer }) => peer);
  const isReplaced = serving?.state === 'ready' && before !== undefined && fresh.length > 0 && !isForced(pool, world);
  if (!isReplaced || lapMs * AT_LEAST_FASTER <= before) return { pool: withLap(pool, lapMs), isNoFaster: false };
  const peers = pool.peers.map((entry): PoolPeer => {
    if (!fresh.includes(entry.peer)) return entry;
    const times = (entry.noFaster?.times ?? 0) + 1;
    return { ...entry, noFaster: { times, untilMs: world.nowMs + leftOutMs(times) } };
  });
  return { pool: { ...pool, peers }, isNoFaster: true };
}

/** It takes the place of what serves with what was measured of it. */
function withLap(pool: Pool, lapMs: number): Pool {
  const forming = formingOf(pool);
  return { ...pool, coalitions: pool.coalitions.map((entry) => (entry === forming ? { ...entry, lapMs } : entry)) };
}
