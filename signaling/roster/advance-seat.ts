// What members report of the slice they load: progress, readiness, silence. Pure. Late words of an epoch that is over
// change nothing.

import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { headLayersOf } from '../planner/ring-context.ts';
import { judgeUnlinked } from './blame-links.ts';
import { announce, beginFurther, promoteForming, replan } from './change-coalition.ts';
import { excludePeer, takeBack } from './change-members.ts';
import { formingOf, servingOf, withForming } from './coalitions.ts';
import { inEachRing, inRingOfEpoch } from './in-ring.ts';
import {
  type Effect,
  isOutInTime,
  type Pool,
  type PoolCoalition,
  type PoolPeer,
  type PoolStep,
  type World,
} from './roster-state.ts';

/** What is ready sooner was there already. */
const LEAST_LOAD_MS = 500;

/** A seat got further. A number that does not grow is no progress, so a loader that hangs is found out. */
export function noteProgress(pool: Pool, peer: PeerId, epoch: number, loadedBytes: number, world: World): PoolStep {
  return inRingOfEpoch(pool, epoch, (seen) => {
    const seat = formingSeat(seen, peer, epoch);
    if (!seat || loadedBytes <= seat.loadedBytes) return { pool: seen, effects: [] };
    const further = { loadedBytes: Math.min(loadedBytes, seat.totalBytes) };
    return { pool: updateSeat(seen, peer, further, world), effects: [] };
  });
}

/** A seat is ready; with the last one the coalition is. The time it measured replaces the one it offered. */
export function noteReady(pool: Pool, peer: PeerId, epoch: number, msPerLayer: number, world: World): PoolStep {
  return inRingOfEpoch(pool, epoch, (seen) => readySeat(seen, peer, epoch, msPerLayer, world));
}

function readySeat(pool: Pool, peer: PeerId, epoch: number, msPerLayer: number, world: World): PoolStep {
  const seat = formingSeat(pool, peer, epoch);
  if (!seat) return { pool, effects: [] };
  const ownMs = msPerLayer * layersShare(pool, seat);
  const loadMs = world.nowMs - (formingOf(pool)?.begunAtMs ?? world.nowMs);
  const load = loadMs >= LEAST_LOAD_MS ? { load: { bytes: seat.totalBytes, ms: loadMs } } : {};
  const peers = pool.peers.map((entry) =>
    entry.peer === peer && msPerLayer > 0
      ? { ...entry, ...load, capability: { ...entry.capability, msPerLayer: ownMs } }
      : entry,
  );
  const next = updateSeat({ ...pool, peers }, peer, { ready: true, loadedBytes: seat.totalBytes }, world);
  const forming = formingOf(next);
  if (!forming?.coalition.seats.every((each) => each.ready)) return { pool: next, effects: [] };
  return world.tries
    ? { pool: withForming(next, { ...forming, isTried: true }), effects: [] }
    : promoteForming(next, world);
}

/** A stage could not load or lost its device. */
export function noteFailure(pool: Pool, peer: PeerId, epoch: number, world: World): PoolStep {
  return inRingOfEpoch(pool, epoch, (seen) => {
    if (formingSeat(seen, peer, epoch)) return excludePeer(seen, peer, 'failed', 'forming', world);
    const serving = servingOf(seen);
    const serves = serving?.epoch === epoch && serving.seats.some((seat) => seat.peer === peer);
    return serves ? excludePeer(seen, peer, 'failed', 'both', world) : { pool: seen, effects: [] };
  });
}

/**
 * What of a slice's time its layers took: an exit's step has the head in it, which is as many layers as it weighs. The
 * planner adds it where it plans an exit; counted here too it would be there twice.
 */
function layersShare({ manifest }: Pool, { start, end }: Seat): number {
  if (!manifest || end < manifest.layers) return 1;
  return (end - start) / (end - start + headLayersOf(manifest));
}

function formingSeat(pool: Pool, peer: PeerId, epoch: number): Seat | undefined {
  const coalition = formingOf(pool)?.coalition;
  return coalition?.epoch === epoch ? coalition.seats.find((seat) => seat.peer === peer) : undefined;
}

function updateSeat(pool: Pool, peer: PeerId, change: Partial<Seat>, { nowMs, timing }: World): Pool {
  const before = formingOf(pool);
  if (!before) return pool;
  const { coalition, progressAtMs } = before;
  const seats = coalition.seats.map((seat) => (seat.peer === peer ? { ...seat, ...change } : seat));
  const forming: PoolCoalition = {
    ...before,
    coalition: { ...coalition, seats },
    progressAtMs: new Map(progressAtMs).set(peer, nowMs),
  };
  return { ...withForming(pool, forming), flushAtMs: pool.flushAtMs ?? nowMs + timing.progressFlushMs };
}

const silentSince = ({ coalitions }: Pool): { peer: PeerId; atMs: number }[] =>
  coalitions
    .filter(({ coalition }) => coalition.state === 'forming')
    .flatMap(({ coalition, progressAtMs }) =>
      coalition.seats.filter((seat) => !seat.ready).map(({ peer }) => ({ peer, atMs: progressAtMs.get(peer) ?? 0 })),
    );

/** One that is out for a time alone: whoever failed offers itself again, who was silent must be heard. */
const isTimeOver = ({ excluded }: PoolPeer): boolean => excluded === 'stalled' || isOutInTime(excluded);

/** Does what is due: leaves out seats that were silent too long, judges links that could not be made, plans anew, tells progress. */
export function passTime(pool: Pool, world: World): PoolStep {
  const stalled = inEachRing(pool, (seen) => leaveOutStalled(seen, world));
  const judged = inEachRing(stalled.pool, (seen) => judgeUnlinked(seen, world));
  const back = takeBack(judged.pool, (entry) => isTimeOver(entry) && (entry.leftOutUntilMs ?? 0) <= world.nowMs, world);
  const isDue = (atMs: number | undefined): boolean => atMs !== undefined && atMs <= world.nowMs;
  const isFlushDue = isDue(back.pool.flushAtMs);
  const isReplanDue = isDue(back.pool.replanAtMs);
  const next: Pool = {
    ...back.pool,
    ...(isFlushDue ? { flushAtMs: undefined } : {}),
    ...(isReplanDue ? { replanAtMs: undefined } : {}),
  };
  const told = isFlushDue ? inEachRing(next, tellProgress) : { pool: next, effects: [] };
  const effects = [...stalled.effects, ...judged.effects, ...back.effects, ...told.effects];
  if (!isReplanDue) return { pool: told.pool, effects };
  const planned = inEachRing(told.pool, (seen) => replan(seen, world));
  const further = beginFurther(planned.pool, world);
  return { pool: further.pool, effects: [...effects, ...planned.effects, ...further.effects] };
}

function leaveOutStalled(pool: Pool, world: World): PoolStep {
  const effects: Effect[] = [];
  let next = pool;
  const stalled = silentSince(pool).filter(({ atMs }) => world.nowMs - atMs >= world.timing.loadSilenceMs);
  for (const { peer } of stalled) {
    const step = excludePeer(next, peer, 'stalled', 'forming', world);
    next = step.pool;
    effects.push(...step.effects);
  }
  return { pool: next, effects };
}

function tellProgress(pool: Pool): PoolStep {
  const forming = formingOf(pool);
  return { pool, effects: forming ? [announce(pool, forming.coalition)] : [] };
}

/** When `passTime` next has something to do for this pool. */
export function poolDeadlineMs(pool: Pool, loadSilenceMs: number): number {
  const silences = silentSince(pool).map(({ atMs }) => atMs + loadSilenceMs);
  const judged = pool.coalitions.map(({ unlinked }) => unlinked?.judgeAtMs ?? Number.POSITIVE_INFINITY);
  const returns = pool.peers.filter(isTimeOver).map(({ leftOutUntilMs }) => leftOutUntilMs ?? 0);
  return Math.min(
    pool.replanAtMs ?? Number.POSITIVE_INFINITY,
    pool.flushAtMs ?? Number.POSITIVE_INFINITY,
    ...silences,
    ...judged,
    ...returns,
  );
}
