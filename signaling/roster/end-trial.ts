// What becomes of a coalition that was tried: it serves, or who did not show what it said is left out. Whatever serves meanwhile
// goes on until then, whoever is blamed. Pure.
import type { PeerId } from '../../protocol/ids.ts';
import { abandonForming, promoteForming } from './change-coalition.ts';
import { excludePeer } from './change-members.ts';
import { formingOf, hasSeat, readyOf, servingOf } from './coalitions.ts';
import { inRingOfEpoch } from './in-ring.ts';
import { noteLap } from './note-paces.ts';
import { type Effect, MAX_PAST, type Pool, type PoolCoalition, type PoolStep, type World } from './roster-state.ts';

/** How a canary lap ended: `apart` where what one of two neighbours says contradicts the other, and nobody knows which one lies. */
export type Verdict =
  /** `lapMs`: what a lap took, by the server's clock. */
  | { readonly kind: 'shown'; readonly lapMs?: number }
  | { readonly kind: 'unshown'; readonly peers: readonly PeerId[] }
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
  const doubts = new Map(
    [...pool.doubts].filter(([pair]) => !pair.split('-').every((peer) => shown.has(peer as PeerId))),
  );
  return { ...pool, peers, doubts };
}

/**
 * Whoever is in doubt with more others is left out; of two that are in doubt with one alone, neither at first: they are tried
 * once more, and then the one that does not serve goes, else who has failed more often, else who came later.
 */
function judgePair(
  pool: Pool,
  [one, other]: readonly [PeerId, PeerId],
  world: World,
  from: 'forming' | 'both',
): PoolStep {
  const pair = [one, other].sort().join('-');
  const times = (pool.doubts.get(pair) ?? 0) + 1;
  const rest = [...pool.doubts].filter(([each]) => each !== pair);
  const doubted: Pool = { ...pool, doubts: new Map([...rest, [pair, times] as const].slice(-MAX_PAST)) };
  const [first, second] = [one, other].map((peer) => doubtsOf(doubted, peer)) as [number, number];
  if (first === second && times < 2) {
    return from === 'both' ? { pool: doubted, effects: [] } : abandonForming(doubted, world);
  }
  const order = pool.peers.map(({ peer }) => peer);
  const weight = (peer: PeerId): number[] => [
    hasSeat(servingOf(pool), peer) ? 0 : 1,
    doubtsOf(doubted, peer),
    pool.peers.find((entry) => entry.peer === peer)?.failures ?? 0,
    order.indexOf(peer),
  ];
  const [left, right] = [weight(one), weight(other)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return leaveOut(doubted, [left[at]! > right[at]! ? one : other], world, from);
}

const doubtsOf = ({ doubts }: Pool, peer: PeerId): number =>
  [...doubts.keys()].filter((pair) => pair.split('-').includes(peer)).length;

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
