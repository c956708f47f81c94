// Who is in a pool: a tab offers itself, leaves, fails, stalls or is left out. Pure; each change says what it does
// to the coalitions that the tab sits in.

import type { Capability } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Exclusion } from '../../protocol/pool-reason.ts';
import { abandonForming, breakServing, replanIn, retireServing } from './change-coalition.ts';
import { formingOf, hasSeat, servingOf } from './coalitions.ts';
import { inRingOfPeer } from './in-ring.ts';
import { FORGOTTEN_MS, withoutFew } from './pair-marks.ts';
import {
  type Effect,
  isOutInTime,
  LINK_STRIKES,
  leftOutMs,
  MAX_PAST,
  MAX_PEERS_PER_POOL,
  type PeerPast,
  type Pool,
  type PoolCoalition,
  type PoolPeer,
  type PoolStep,
  type World,
} from './roster-state.ts';

/** So often a tab may leave a seat that it has just got, or fail in it, and be planned at once when it offers itself again. */
const FREE_FAULTS = 2;
/** A seat that was held for so long is no such one. */
const JUST_GOT_MS = 60_000;

/**
 * Takes a tab in, or renews the offer of one that is here: its exclusion ends unless it was tried, its place in the order
 * stays. `read` is what the server itself read of the model: what a tab says of it decides nothing.
 */
export function takeOffer(
  pool: Pool,
  offer: { peer: PeerId; manifest: ModelManifest; read: ModelManifest; capability: Capability },
  world: World,
): PoolStep {
  const { peer, manifest, read, capability } = offer;
  const policy = world.policyOf?.(pool.id);
  if (policy && !policy.recruit && !policy.members.includes(peer)) {
    return refuse(pool, peer, new PoolError('forbidden', 'This pool takes only the tabs that its maker has listed.'));
  }
  if (!sameManifest(read, manifest)) {
    const error = new PoolError('manifest-mismatch', 'This tab read another model file than the server.');
    return refuse(pool, peer, error);
  }
  const isNew = !pool.peers.some((entry) => entry.peer === peer);
  if (!isNew && pool.manifest && !sameManifest(pool.manifest, manifest)) {
    // It read another file since: first it gives up what it holds, then it counts as new.
    const left = dropPeer(pool, peer, world, false);
    const joined = takeOffer(left.pool, offer, world);
    return { pool: joined.pool, effects: [...left.effects, ...joined.effects] };
  }
  if (pool.manifest && !sameManifest(pool.manifest, manifest)) {
    const error = new PoolError('manifest-mismatch', 'This tab read another model file than the tabs in the pool.');
    return refuse(pool, peer, error);
  }
  if (isNew && pool.peers.length >= MAX_PEERS_PER_POOL) {
    return refuse(pool, peer, new PoolError('rate-limited', `The pool is full: it has ${MAX_PEERS_PER_POOL} tabs.`));
  }
  const before = pool.peers.find((old) => old.peer === peer) ?? pool.past.get(peer);
  const isAlone = pool.peers.every((old) => old.peer === peer);
  const entry: PoolPeer = { peer, capability, ...(before ? comeBack(before, isAlone) : {}) };
  const peers = isNew ? [...pool.peers, entry] : pool.peers.map((old) => (old.peer === peer ? entry : old));
  const next: Pool = { ...pool, manifest: pool.manifest ?? read, peers };
  return { pool: replanIn(next, world.timing.joinDebounceMs, world), effects: [] };
}

const refuse = (pool: Pool, peer: PeerId, error: PoolError): PoolStep => ({
  pool,
  effects: [{ to: [peer], message: { type: 'error', error: error.toShape() } }],
});

/** Whoever made the pool has changed it: who is not wanted any more goes, and there is a new plan. */
export function applyPolicy(pool: Pool, world: World): PoolStep {
  const policy = world.policyOf?.(pool.id);
  const unwanted = policy && !policy.recruit ? pool.peers.filter(({ peer }) => !policy.members.includes(peer)) : [];
  let next = pool;
  const effects: Effect[] = [];
  for (const { peer } of unwanted) {
    const refused = refuse(
      next,
      peer,
      new PoolError('forbidden', 'The maker of this pool took this tab off its list.'),
    );
    const step = dropPeer(next, peer, world, false);
    next = step.pool;
    effects.push(...refused.effects, ...step.effects);
  }
  return { pool: replanIn(next, 0, world), effects };
}

/** The tab is gone or lends no more, of its own will or not. The last one takes the pool's manifest along. */
export const dropPeer = (pool: Pool, peer: PeerId, world: World, isOwnWill = true): PoolStep =>
  inRingOfPeer(pool, peer, (seen) => dropFrom(seen, peer, world, isOwnWill));

/** It lends no more once what runs through it has ended: nobody is sent there any more, and others take its seat meanwhile. */
export const drainPeer = (pool: Pool, peer: PeerId, world: World): PoolStep =>
  inRingOfPeer(pool, peer, (seen) => {
    const isServing = hasSeat(servingOf(seen), peer) && seen.peers.some((entry) => entry.peer === peer);
    const retired = isServing ? retireServing(seen, world) : { pool: seen, effects: [] };
    const left = dropFrom(retired.pool, peer, world, true);
    return { pool: left.pool, effects: [...retired.effects, ...left.effects] };
  });

function dropFrom(pool: Pool, peer: PeerId, world: World, isOwnWill: boolean): PoolStep {
  if (!pool.peers.some((entry) => entry.peer === peer)) return { pool, effects: [] };
  const peers = pool.peers.filter((entry) => entry.peer !== peer);
  const isMissed = isOwnWill && peers.length > 0 && pool.coalitions.some((entry) => hasJustGot(entry, peer, world));
  const next: Pool = replanIn(
    // One report more or less of a tab that has left shows nothing: it may have been leaving. What it said itself stays.
    {
      ...pool,
      peers,
      strikes: withoutFew(pool.strikes, peer, LINK_STRIKES),
      past: withPast(pool, peer, isMissed, world),
    },
    world.timing.leaveDebounceMs,
    world,
  );
  const step = breakSeats(next, peer, world, 'both');
  if (peers.length > 0) return step;
  return { pool: { ...step.pool, manifest: undefined, hasServed: false }, effects: step.effects };
}

/**
 * Leaves a tab out of plans for a time that doubles. `times`: that much longer than it would. `of` is the epoch where it went wrong:
 * a tab that cannot load its next slice may well go on serving the one it has.
 */
export function excludePeer(
  pool: Pool,
  peer: PeerId,
  why: Exclusion,
  of: 'forming' | 'both',
  world: World,
  times = 1,
): PoolStep {
  return inRingOfPeer(pool, peer, (seen) => {
    // Who fails in a seat that it has just got has kept it from others as if it had left.
    const isLost = why === 'failed' || why === 'stalled';
    const isMissed = isLost && seen.coalitions.some((one) => hasJustGot(one, peer, world));
    const noted = (entry: PoolPeer): PoolPeer => (isMissed ? { ...entry, ...noteLeave(entry, world.nowMs) } : entry);
    const peers = seen.peers.map((entry) => (entry.peer === peer ? leaveOut(noted(entry), why, world, times) : entry));
    return breakSeats(replanIn({ ...seen, peers }, world.timing.leaveDebounceMs, world), peer, world, of);
  });
}

/** What it is out for is not made less by what comes on top of it. */
function leaveOut(entry: PoolPeer, why: Exclusion, { nowMs }: World, times: number): PoolPeer {
  const { unreached } = entry;
  const isLink = why === 'unreachable';
  const isPast = !unreached || nowMs - unreached.untilMs >= FORGOTTEN_MS;
  const failures = isLink ? (isPast ? 0 : unreached.times) + 1 : (entry.failures ?? 0) + 1;
  const untilMs = nowMs + times * leftOutMs(failures);
  const isHeavier = isOutInTime(entry.excluded) && (entry.leftOutUntilMs ?? 0) > nowMs;
  return {
    ...entry,
    ...(isLink ? { unreached: { times: failures, untilMs } } : { failures }),
    excluded: isHeavier && !isOutInTime(why) ? entry.excluded! : why,
    leftOutUntilMs: isHeavier ? Math.max(entry.leftOutUntilMs!, untilMs) : untilMs,
  };
}

/** Who serves is held out of further plans for a moment, and serves on: nothing is counted against it. */
export function setAside(pool: Pool, peer: PeerId, world: World): PoolStep {
  return inRingOfPeer(pool, peer, (seen) => {
    const out = { excluded: 'unshown' as const, leftOutUntilMs: world.nowMs + leftOutMs(1) };
    const peers = seen.peers.map((entry) =>
      entry.peer === peer && !entry.excluded ? ({ ...entry, ...out } satisfies PoolPeer) : entry,
    );
    return { pool: replanIn({ ...seen, peers }, world.timing.leaveDebounceMs, world), effects: [] };
  });
}

/**
 * What outlives another offer, and leaving: how often it failed, left its seat or was no faster, and until when it is out whatever it
 * says.
 */
function pastOf({ failures, unreached, leaves, noFaster, excluded, leftOutUntilMs }: PeerPast): PeerPast {
  return {
    ...(failures ? { failures } : {}),
    ...(unreached ? { unreached } : {}),
    ...(leaves ? { leaves } : {}),
    ...(noFaster ? { noFaster } : {}),
    ...(excluded && isOutInTime(excluded) && leftOutUntilMs !== undefined ? { excluded, leftOutUntilMs } : {}),
  };
}

/** Whether it has a seat there that it got a moment ago: what loads still, or has begun to answer not long ago. */
const hasJustGot = ({ coalition, begunAtMs }: PoolCoalition, peer: PeerId, { nowMs }: World): boolean =>
  hasSeat(coalition, peer) &&
  (coalition.state === 'forming' || (begunAtMs !== undefined && nowMs - begunAtMs < JUST_GOT_MS));

/** `isMissed`: it had just got a seat. */
function withPast({ peers, past }: Pool, peer: PeerId, isMissed: boolean, { nowMs }: World): Pool['past'] {
  const entry = peers.find((each) => each.peer === peer) ?? {};
  const kept = pastOf(isMissed ? noteLeave(entry, nowMs) : entry);
  if (Object.keys(kept).length === 0) return past;
  const rest = [...past].filter(([other]) => other !== peer);
  return new Map([...rest, [peer, kept] as const].slice(-MAX_PAST));
}

/** Where nobody else is there, nobody has waited for a tab that did not stay. */
function comeBack(before: PeerPast, isAlone: boolean): PeerPast {
  const past = pastOf(before);
  if (!isAlone || past.excluded !== 'unsteady') return past;
  const { excluded: _over, leftOutUntilMs: _past, ...rest } = past;
  return rest;
}

/**
 * A tab that gets a seat and goes, or fails in it, again and again, would keep a coalition from ever forming: from the third time on
 * it is out for a while, whatever it says. A page that was reloaded once or twice is not, and no tab that had served for a while.
 */
function noteLeave(entry: PeerPast, nowMs: number): PeerPast {
  const { leaves, excluded, leftOutUntilMs = 0 } = entry;
  const times = 1 + (leaves && nowMs - Math.max(leaves.atMs, leftOutUntilMs) < FORGOTTEN_MS ? leaves.times : 0);
  const noted: PeerPast = { ...entry, leaves: { times, atMs: nowMs } };
  if (times <= FREE_FAULTS) return noted;
  const untilMs = nowMs + leftOutMs(times - FREE_FAULTS);
  return {
    ...noted,
    excluded: isOutInTime(excluded) ? excluded! : 'unsteady',
    leftOutUntilMs: Math.max(leftOutUntilMs, untilMs),
  };
}

/** Those whom `isBack` names are planned again. */
export function takeBack(pool: Pool, isBack: (entry: PoolPeer) => boolean, world: World): PoolStep {
  if (!pool.peers.some(isBack)) return { pool, effects: [] };
  const back = pool.peers.filter(isBack).map(({ peer }) => peer);
  const peers = pool.peers.map((entry) => {
    if (!back.includes(entry.peer)) return entry;
    const { excluded: _over, leftOutUntilMs: _past, ...rest } = entry;
    return rest;
  });
  return { pool: replanIn({ ...pool, peers }, world.timing.joinDebounceMs, world), effects: [] };
}

function breakSeats(pool: Pool, peer: PeerId, world: World, of: 'forming' | 'both'): PoolStep {
  const broken =
    of === 'both' && hasSeat(servingOf(pool), peer) ? breakServing(pool, world) : ({ pool, effects: [] } as PoolStep);
  if (!hasSeat(formingOf(pool)?.coalition, peer)) return broken;
  const abandoned = abandonForming(broken.pool, world);
  return { pool: abandoned.pool, effects: [...broken.effects, ...abandoned.effects] };
}

/** Field by field, whatever their order. */
export function sameManifest(left: ModelManifest, right: ModelManifest): boolean {
  const inOrder = (manifest: ModelManifest): string =>
    JSON.stringify(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return inOrder(left) === inOrder(right);
}
