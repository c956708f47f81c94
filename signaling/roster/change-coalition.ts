// The moves of a ring's coalitions: begin, break, abandon, promote, plan anew; and a further ring beside those that answer. Pure. A
// serving coalition is never given up for one that is not ready yet.

import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { fillSeats, mirrorSeats } from '../planner/fill-seats.ts';
import { isNear } from '../planner/is-near.ts';
import { planPool, waiting } from '../planner/plan-pool.ts';
import {
  formingOf,
  hasSeat,
  inOrder,
  isRetired,
  readyOf,
  ringsOf,
  servingOf,
  withForming,
  withServing,
} from './coalitions.ts';
import { pacedTabs } from './note-paces.ts';
import { type Effect, MAX_RINGS, type Pool, type PoolPeer, type PoolStep, type World } from './roster-state.ts';

/** Members and watchers. A member that is gone is skipped where the message is sent. */
export const audienceOf = (pool: Pool, coalition: Coalition): PeerId[] => [
  ...new Set([...coalition.seats.map(({ peer }) => peer), ...pool.watchers]),
];

export const announce = (pool: Pool, coalition: Coalition): Effect => ({
  to: audienceOf(pool, coalition),
  message: { type: 'coalition', coalition },
});

/** Once: nobody where there is none, or where its members have heard it already. */
const retire = (pool: Pool, coalition: Coalition | undefined): Effect[] =>
  coalition && !isRetired(pool, coalition)
    ? [{ to: audienceOf(pool, coalition), message: { type: 'retire', pool: pool.id, epoch: coalition.epoch } }]
    : [];

/** Asks for a plan after `delayMs`, or sooner if one is already due sooner. */
export const replanIn = (pool: Pool, delayMs: number, { nowMs }: World): Pool => ({
  ...pool,
  replanAtMs: Math.min(pool.replanAtMs ?? Number.POSITIVE_INFINITY, nowMs + delayMs),
});

/** Says at once that the serving coalition answers no more. It is retired when its successor is ready. */
export function breakServing(pool: Pool, world: World): PoolStep {
  const next = withoutAnswers(pool, world);
  return next ? { pool: next, effects: [announce(next, servingOf(next)!)] } : { pool, effects: [] };
}

/** Nothing new goes over the serving coalition, and what runs may end. Its seats are known until its successor is ready. */
export function retireServing(pool: Pool, world: World): PoolStep {
  const next = withoutAnswers(pool, world, true);
  return next ? { pool: next, effects: retire(pool, servingOf(pool)) } : { pool, effects: [] };
}

function withoutAnswers(pool: Pool, world: World, isRetired?: true): Pool | undefined {
  const entry = pool.coalitions.find(({ coalition }) => coalition === servingOf(pool));
  if (entry?.coalition.state !== 'ready') return undefined;
  const serving: Coalition = { ...entry.coalition, state: 'broken' };
  const broken = withServing(pool, serving, { begunAtMs: entry.begunAtMs, isRetired });
  return replanIn(broken, world.timing.leaveDebounceMs, world);
}

/** Gives up the coalition that loads. */
export function abandonForming(pool: Pool, world: World): PoolStep {
  const forming = formingOf(pool);
  if (!forming) return { pool, effects: [] };
  const without: Pool = { ...withForming(pool, undefined), flushAtMs: undefined };
  const next = replanIn(without, world.timing.leaveDebounceMs, world);
  return { pool: next, effects: retire(pool, forming.coalition) };
}

/** The forming coalition, all of whose seats are ready, takes over. */
export function promoteForming(pool: Pool, world: World): PoolStep {
  const forming = formingOf(pool);
  if (!forming) return { pool, effects: [] };
  const serving: Coalition = { ...forming.coalition, state: 'ready' };
  const replaced = withServing(withForming(pool, undefined), serving, { ...forming, begunAtMs: world.nowMs });
  const promoted: Pool = { ...replaced, flushAtMs: undefined, hasServed: true };
  const effects = [announce(promoted, serving), ...retire(pool, servingOf(pool))];
  // Whoever joined while it loaded gets its turn now.
  return { pool: replanIn(promoted, world.timing.joinDebounceMs, world), effects };
}

/**
 * Plans with the tabs that may be planned. Keeps what there is when the same tabs would take part, so that a spare
 * never makes the others load again; and keeps a coalition of which something is loaded, so that a stream of joining
 * tabs cannot hold off the first answer for ever: they are taken in when it is ready.
 */
export function replan(current: Pool, world: World): PoolStep {
  const { waitsFor: _before, ...rest } = current;
  const pool: Pool = rest;
  const [forming, serving] = [formingOf(pool)?.coalition, servingOf(pool)];
  const live = forming ?? (serving?.state === 'ready' ? serving : undefined);
  // Those that have failed least first: of equals they are taken.
  const open = pool.peers.filter(({ excluded }) => excluded === undefined).sort((a, b) => timesOut(a) - timesOut(b));
  const candidates = pacedTabs(pool, open, world);
  const policy = world.policyOf?.(pool.id);
  if (policy?.loaded === false) return unload(pool, world);
  // Whoever is left of a coalition that broke goes on with what it holds, if somebody can take the empty seats.
  const isBroken = !forming && serving?.state === 'broken';
  const filled = isBroken && pool.manifest ? fillSeats(pool.manifest, serving.seats, candidates) : undefined;
  if (filled) return begin(pool, filled, world);
  const plan = pool.manifest
    ? planPool({
        ...{ manifest: pool.manifest, candidates, rtt: world.rtt, current: live?.seats.map(({ peer }) => peer) },
        ...stagesOf(policy?.stages ?? world.stages, pool),
      })
    : waiting({ kind: 'no-tab' });
  if (plan.kind === 'waiting') {
    if (live) return { pool, effects: [] };
    return { pool: { ...withServing(pool, undefined), waitsFor: plan.why }, effects: retire(pool, serving) };
  }
  if (live && sameMembers(live.seats, plan.seats)) return { pool, effects: [] };
  if (forming?.seats.some((seat) => seat.ready || seat.loadedBytes > 0)) return { pool, effects: [] };
  return begin(pool, plan.seats, world);
}

/**
 * Another ring beside those that answer, of tabs in reserve that together hold the model, while somebody waits for one: with the
 * cut of the first where they hold its layers already.
 */
export function beginFurther(pool: Pool, world: World): PoolStep {
  const same: PoolStep = { pool, effects: [] };
  const [first] = readyOf(pool);
  const { manifest } = pool;
  const policy = world.policyOf?.(pool.id);
  if (pool.crowdedAtMs === undefined || !manifest || !first || policy?.loaded === false) return same;
  // Not for who waits a moment: it is looked at again then.
  const leftMs = pool.crowdedAtMs + world.timing.crowdedMs - world.nowMs;
  if (leftMs > 0) return { pool: replanIn(pool, leftMs, world), effects: [] };
  if (formingOf(pool) || ringsOf(pool).length >= MAX_RINGS) return same;
  const open = pool.peers.filter(
    ({ peer, excluded }) =>
      excluded === undefined && !pool.coalitions.some(({ coalition }) => hasSeat(coalition, peer)),
  );
  // Who was no faster in a seat of another ring is as good as any in one of its own.
  const candidates = pacedTabs(pool, open, world, 'all');
  const mirrored = mirrorSeats(first.seats, candidates);
  const seats = mirrored && isNear(mirrored, world.rtt) ? mirrored : planFurther();
  if (!seats) return same;
  const ring = Math.max(...ringsOf(pool)) + 1;
  const begun = begin({ ...pool, coalitions: [] }, seats, world, ring);
  return { ...begun, pool: { ...begun.pool, coalitions: inOrder([...pool.coalitions, ...begun.pool.coalitions]) } };

  function planFurther(): Seat[] | undefined {
    const { stages } = stagesOf(policy?.stages ?? world.stages, pool);
    const plan = planPool({ manifest: manifest!, candidates, rtt: world.rtt, stages, waitForAll: true });
    return plan.kind === 'plan' && !plan.isFar ? plan.seats : undefined;
  }
}

/** With a number, the first coalition waits until so many are there. */
const stagesOf = (stages: number | 'all' | undefined, pool: Pool) =>
  stages === 'all' ? { stages: MAX_STAGES, waitForAll: false } : { stages, waitForAll: !pool.hasServed };

/** Its maker wants it to rest: nothing serves and nothing loads. */
function unload(pool: Pool, world: World): PoolStep {
  const abandoned = abandonForming(pool, world);
  const effects = [...abandoned.effects, ...retire(pool, servingOf(pool))];
  return {
    pool: { ...withServing(abandoned.pool, undefined), replanAtMs: undefined, waitsFor: { kind: 'unloaded' } },
    effects,
  };
}

function begin(pool: Pool, seats: Seat[], { nowMs }: World, ring = ringsOf(pool)[0]!): PoolStep {
  const epoch = pool.lastEpoch + 1;
  const coalition: Coalition = {
    pool: pool.id,
    model: pool.model,
    epoch,
    ...(ring > 0 ? { ring } : {}),
    state: 'forming',
    seats,
  };
  const progressAtMs = new Map(seats.map(({ peer }) => [peer, nowMs]));
  const before = formingOf(pool);
  // What a tab held in reserve makes room for its seat, or is its seat.
  const peers = pool.peers.map(
    ({ warm, near, ...entry }): PoolPeer =>
      warm && near && !hasSeat(coalition, entry.peer) ? { ...entry, warm, near } : entry,
  );
  const formed = withForming({ ...pool, peers }, { coalition, progressAtMs, begunAtMs: nowMs });
  const next: Pool = { ...formed, lastEpoch: epoch, flushAtMs: undefined };
  return {
    pool: next,
    effects: [...retire(pool, before?.coalition), announce(next, coalition)],
  };
}

const timesOut = ({ failures = 0, unreached }: PoolPeer): number => failures + (unreached?.times ?? 0);

const sameMembers = (before: readonly Seat[], after: readonly Seat[]): boolean =>
  before.length === after.length && before.every((seat, index) => seat.peer === after[index]?.peer);
