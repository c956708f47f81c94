// What becomes of a coalition that was tried: it serves, or who did not show what it said is left out. Whatever serves meanwhile
// goes on until then, whoever is blamed. Pure.
import type { PeerId } from '../../protocol/ids.ts';
import { abandonForming, promoteForming } from './change-coalition.ts';
import { excludePeer, setAside } from './change-members.ts';
import { formingOf, hasSeat, readyOf, servingOf } from './coalitions.ts';
import { inRingOfEpoch } from './in-ring.ts';
import { noteLap } from './note-paces.ts';
import { othersOf, timesOf, withMark, withoutPairs } from './pair-marks.ts';
import type { Effect, Pool, PoolCoalition, PoolStep, World } from './roster-state.ts';

/** How a canary lap ended: `apart` where what one of two neighbours says contradicts the other, and nobody knows which one lies. */
export type Verdict =
  /** `lapMs`: what a lap took, by the server's clock. */
  | { readonly kind: 'shown'; readonly lapMs?: number }
  | {
      readonly kind: 'unshown';
      readonly peers: readonly PeerId[];
      /** Who took part and has shown itself before, where it is not certain that it was none of them. */
      readonly beside?: readonly PeerId[];
    }
  | { readonly kind: 'apart'; readonly peers: readonly [PeerId, PeerId] };

/** What the roster hears of it. `unknown`: nothing was to be learnt, it is busy. */
export type TrialEnd = Verdict | { readonly kind: 'unknown' };

/** So long after a coalition was tried because answers stood still it is not tried for that again. */
const AGAIN_MS = 30_000;

/** Answers stand still over a coalition that serves: a canary lap is to show who computes no more. It serves on meanwhile. */
export function tryAgain(pool: Pool, epoch: number, { nowMs, tries }: World): PoolStep {
  const isIt = ({ coalition, isTried, stillAtMs = Number.NEGATIVE_INFINITY }: PoolCoalition): boolean =>
    coalition.epoch === epoch && coalition.state === 'ready' && !isTried && nowMs - stillAtMs >= AGAIN_MS;
  if (!tries || !pool.coalitions.some(isIt)) return { pool, effects: [] };
  const coalitions = pool.coalitions.map(
    (entry): PoolCoalition => (isIt(entry) ? { ...entry, isTried: true, stillAtMs: nowMs } : entry),
  );
  return { pool: { ...pool, coalitions }, effects: [] };
}

/** Late verdicts, of a coalition that was given up meanwhile, change nothing. */
export function endTrial(pool: Pool, epoch: number, verdict: TrialEnd, world: World): PoolStep {
  // Also by a ring that this one does not see.
  const isAnswered = readyOf(pool).length > 0;
  return inRingOfEpoch(pool, epoch, (seen) => judge(seen, epoch, verdict, { ...world, isAnswered }));
}

function judge(pool: Pool, epoch: number, verdict: TrialEnd, world: World & { isAnswered: boolean }): PoolStep {
  const tried = pool.coalitions.find(({ coalition, isTried }) => isTried && coalition.epoch === epoch);
  if (tried?.coalition.state === 'ready') return judgeServing(pool, epoch, verdict, world);
  const forming = formingOf(pool);
  if (!tried || forming?.coalition.epoch !== epoch) return { pool, effects: [] };
  if (verdict.kind === 'shown') {
    const shown = cleared(pool, forming.coalition.seats);
    if (verdict.lapMs === undefined) return promoteForming(shown, world);
    const { pool: paced, isNoFaster } = noteLap(shown, forming.coalition, verdict.lapMs, world);
    return isNoFaster ? abandonForming(paced, world) : promoteForming(paced, world);
  }
  if (verdict.kind === 'apart') return judgePair(pool, verdict.peers, world, 'forming');
  if (verdict.kind === 'unknown') return abandonForming(pool, world);
  if (verdict.beside?.length) return judgeBeside(pool, verdict.peers, verdict.beside, world);
  return leaveOut(pool, blamedOf(pool, verdict.peers, world.isAnswered), world, 'forming');
}

/** It serves on where it shows itself, and where nobody knows which of two it is: then it is tried anew with the next that stands still. */
function judgeServing(
  current: Pool,
  epoch: number,
  verdict: TrialEnd,
  world: World & { isAnswered: boolean },
): PoolStep {
  const coalitions = current.coalitions.map((entry): PoolCoalition => {
    const { isTried, ...rest } = entry;
    return isTried && entry.coalition.epoch === epoch ? rest : entry;
  });
  const pool: Pool = { ...current, coalitions };
  if (verdict.kind === 'apart') return judgePair(pool, verdict.peers, world, 'both');
  if (verdict.kind !== 'unshown') return { pool, effects: [] };
  return leaveOut(pool, blamedOf(pool, verdict.peers, world.isAnswered), world, 'both');
}

/** What they failed at before is made good. */
function cleared(pool: Pool, seats: readonly { peer: PeerId }[]): Pool {
  const shown = new Set(seats.map(({ peer }) => peer));
  const peers = pool.peers.map((entry) => {
    if (!shown.has(entry.peer) || !entry.failures) return entry;
    const { failures: _past, ...rest } = entry;
    return rest;
  });
  return { ...pool, peers, doubts: withoutPairs(pool.doubts, shown) };
}

/**
 * Whoever is in doubt with more others is left out; of two that are in doubt with as many, neither at first: they are tried once
 * more, and then the one that does not serve goes, else who has failed more often, else who came later.
 */
function judgePair(
  pool: Pool,
  [one, other]: readonly [PeerId, PeerId],
  world: World,
  from: 'forming' | 'both',
): PoolStep {
  const { nowMs } = world;
  const doubted: Pool = { ...pool, doubts: withMark(pool.doubts, one, other, nowMs) };
  const doubtsOf = (peer: PeerId): number => othersOf(doubted.doubts, peer, nowMs);
  if (doubtsOf(one) === doubtsOf(other) && timesOf(doubted.doubts, one, other, nowMs) < 2) {
    return from === 'both' ? { pool: doubted, effects: [] } : abandonForming(doubted, world);
  }
  const order = pool.peers.map(({ peer }) => peer);
  const weight = (peer: PeerId): number[] => [
    doubtsOf(peer),
    hasSeat(servingOf(pool), peer) ? 0 : 1,
    pool.peers.find((entry) => entry.peer === peer)?.failures ?? 0,
    order.indexOf(peer),
  ];
  const [left, right] = [weight(one), weight(other)];
  const at = left.findIndex((value, index) => value !== right[index]);
  const blamed = left[at]! > right[at]! ? one : other;
  return from === 'forming' && isServing(doubted, blamed)
    ? passOver(doubted, [blamed], world)
    : leaveOut(doubted, [blamed], world, from);
}

/**
 * Somebody computed wrongly, and some of them have shown themselves before: those that have not are left out. But who is there each
 * time that somebody new goes is in doubt with all of them, and then it is that one's turn.
 */
function judgeBeside(
  pool: Pool,
  fresh: readonly PeerId[],
  beside: readonly PeerId[],
  world: World & { isAnswered: boolean },
): PoolStep {
  const { nowMs } = world;
  const pairs = fresh.flatMap((one) => beside.map((other) => [one, other] as const));
  const doubts = pairs.reduce((marks, [one, other]) => withMark(marks, one, other, nowMs), pool.doubts);
  const doubted: Pool = { ...pool, doubts };
  const most = Math.max(...fresh.map((peer) => othersOf(doubts, peer, nowMs)));
  const suspects = beside.filter((peer) => othersOf(doubts, peer, nowMs) > Math.max(1, most));
  if (suspects.length > 0) return passOver(doubted, suspects, world);
  return leaveOut(doubted, blamedOf(doubted, fresh, world.isAnswered), world, 'forming');
}

const isServing = (pool: Pool, peer: PeerId): boolean => readyOf(pool).some((coalition) => hasSeat(coalition, peer));

/** What was tried is given up, and the next is tried without these: tabs that are let in could otherwise have any that serves put out. */
function passOver(pool: Pool, peers: readonly PeerId[], world: World): PoolStep {
  const { pool: abandoned, effects } = abandonForming(pool, world);
  const next = peers.reduce((before, peer) => setAside(before, peer, world).pool, abandoned);
  return { pool: next, effects };
}

/** Each comes back at a time of its own, whoever failed less first: they are not tried together again. */
function leaveOut(pool: Pool, blamed: readonly PeerId[], world: World, from: 'forming' | 'both'): PoolStep {
  const effects: Effect[] = [];
  let next = pool;
  for (const [at, peer] of blamed.entries()) {
    const step = excludePeer(next, peer, 'unshown', from, world, at + 1);
    next = step.pool;
    effects.push(...step.effects);
  }
  return { pool: next, effects };
}

/**
 * Whoever failed less first. Where nobody else could serve, without that one: it may be honest, and is tried without the others.
 */
function blamedOf({ peers, coalitions }: Pool, accused: readonly PeerId[], isAnswered: boolean): PeerId[] {
  const inOrder = peers
    .filter(({ peer }) => accused.includes(peer))
    .sort((a, b) => (a.failures ?? 0) - (b.failures ?? 0))
    .map(({ peer }) => peer);
  // What this ring sees is all that there is, unless another one answers.
  const isElsewhere = isAnswered && readyOf({ coalitions }).length === 0;
  const others = isElsewhere || peers.some(({ peer, excluded }) => excluded === undefined && !accused.includes(peer));
  return others || inOrder.length < 2 ? inOrder : inOrder.slice(1);
}
