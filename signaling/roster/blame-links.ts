// Who goes where two tabs cannot reach each other. Both of a pair may lie, and the server sees no link: it weighs with how many
// others each is marked, and whoever cannot be told apart takes turns. Pure.
import type { Coalition } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { abandonForming, breakServing } from './change-coalition.ts';
import { excludePeer } from './change-members.ts';
import { coalitionsOf, formingOf, isRetired, withForming } from './coalitions.ts';
import { inEachRing, inRingOfEpoch } from './in-ring.ts';
import { FORGOTTEN_MS, othersOf, type PairMarks, timesOf, withMark } from './pair-marks.ts';
import { LINK_STRIKES, type Pool, type PoolStep, type UnlinkedPair, type World } from './roster-state.ts';

/**
 * Two neighbours cannot reach each other. While they load, all that fail together are told in one moment: a tab that is in two such
 * pairs, and in more than any other, is left out at once. Else the rule is: the epoch ends, and the pair gets a strike. After the first, the same
 * tabs try again. After the second, one of the two is left out: the one that has struck out with more others; if even, the
 * one that was left out for links less often, then the later one. Every report ends an epoch and adds a strike, and a pair with two
 * strikes loses a tab; a tab that lies about its neighbours can evict one of them, then goes itself, for a time that doubles: what
 * is held against a pair outlives that time, another offer and leaving, and is forgotten after a while.
 */
export const reportLink = (pool: Pool, epoch: number, reporter: PeerId, accused: PeerId, world: World): PoolStep =>
  inRingOfEpoch(pool, epoch, (seen) => strikeLink(seen, epoch, reporter, accused, world));

function strikeLink(pool: Pool, epoch: number, reporter: PeerId, accused: PeerId, world: World): PoolStep {
  const coalition = coalitionsOf(pool).find((one) => one.epoch === epoch && one.state !== 'broken');
  if (!coalition || !areLinked(coalition, reporter, accused)) return { pool, effects: [] };
  const pair = { reporter, accused };
  return coalition.state === 'forming' ? noteUnlinked(pool, pair, world) : strikePair(pool, pair, 'serving', world);
}

/** Kept until all that fail together have been told. */
function noteUnlinked(pool: Pool, pair: UnlinkedPair, { nowMs, timing }: World): PoolStep {
  const forming = formingOf(pool)!;
  const { pairs, judgeAtMs } = forming.unlinked ?? { pairs: [], judgeAtMs: nowMs + timing.gatherMs };
  if (pairs.some((known) => areSame(known, pair))) return { pool, effects: [] };
  return { pool: withForming(pool, { ...forming, unlinked: { pairs: [...pairs, pair], judgeAtMs } }), effects: [] };
}

/** Time has passed: what could not be linked while it loads is judged where it is due. */
export function judgeUnlinked(pool: Pool, world: World): PoolStep {
  const unlinked = formingOf(pool)?.unlinked;
  const [first] = unlinked?.pairs ?? [];
  if (!first || unlinked!.judgeAtMs > world.nowMs) return { pool, effects: [] };
  const { pairs } = unlinked!;
  const common = commonOf(pairs);
  if (common === undefined) return strikePair(pool, first, 'forming', world);
  const strikes = pairs
    .filter(({ reporter, accused }) => reporter === common || accused === common)
    .reduce(
      (rest, { reporter, accused }) => withMark(rest, reporter, accused, world.nowMs, LINK_STRIKES),
      pool.strikes,
    );
  return excludePeer({ ...pool, strikes }, common, 'unreachable', 'both', world);
}

const areSame = (one: UnlinkedPair, other: UnlinkedPair): boolean =>
  [one.reporter, one.accused].sort().join() === [other.reporter, other.accused].sort().join();

/** Who is in two of these pairs, and in more than any other. One that lies is in each that it tells. */
function commonOf(pairs: readonly UnlinkedPair[]): PeerId | undefined {
  const ends = [...new Set(pairs.flatMap(({ reporter, accused }) => [reporter, accused]))];
  const pairsOf = (peer: PeerId) => pairs.filter(({ reporter, accused }) => reporter === peer || accused === peer);
  const [most, next] = ends.sort((a, b) => pairsOf(b).length - pairsOf(a).length);
  if (most === undefined || pairsOf(most).length < 2) return undefined;
  return next !== undefined && pairsOf(next).length === pairsOf(most).length ? undefined : most;
}

function strikePair(
  pool: Pool,
  { reporter, accused }: UnlinkedPair,
  phase: 'forming' | 'serving',
  world: World,
): PoolStep {
  const { nowMs } = world;
  const strikes = withMark(pool.strikes, reporter, accused, nowMs);
  const struck: Pool = { ...pool, strikes };
  if (timesOf(strikes, reporter, accused, nowMs) < LINK_STRIKES) {
    return phase === 'forming' ? abandonForming(struck, world) : breakServing(struck, world);
  }
  const blamed = heaviest([reporter, accused], (peer) => [
    pairsOut(strikes, peer, nowMs),
    turn(pool, peer, nowMs),
    placeOf(pool, peer),
  ]);
  return excludePeer(struck, blamed, 'unreachable', 'both', world);
}

/** A neighbour, or a driver, hears nothing of a tab that is there. */
export interface LinkCut {
  reporter: PeerId;
  accused: PeerId;
  epoch: number;
}

/**
 * Links of tabs that are there and hear nothing of one another. Unlike a link that could not be made, one is not tried once
 * more: it carried an answer. Left out is who is cut off from most others, by all that is not forgotten; if even, by what this
 * moment shows; then whose turn it is, as above; then whom drivers cannot hear either, then the later one.
 */
export const reportCuts = (pool: Pool, cuts: readonly LinkCut[], world: World): PoolStep =>
  inEachRing(pool, (seen) => blameCut(seen, cuts, world));

function blameCut(pool: Pool, cuts: readonly LinkCut[], world: World): PoolStep {
  // Who answered nobody at that time has its own line to blame for what it did not hear.
  const wasSilent = (peer: PeerId): boolean =>
    pool.peers.some((entry) => entry.peer === peer && entry.excluded === 'silent');
  const seated = cuts.filter(({ reporter, accused, epoch }) => {
    if (wasSilent(reporter)) return false;
    // One that broke a moment ago, too: its links are given up before all that was silent has been asked.
    const coalition = coalitionsOf(pool).find((one) => one.epoch === epoch && !isRetired(pool, one));
    return coalition !== undefined && areLinked(coalition, reporter, accused);
  });
  if (seated.length === 0) return { pool, effects: [] };
  const { nowMs } = world;
  const mark = (marks: PairMarks): PairMarks =>
    seated.reduce((rest, { reporter, accused }) => withMark(rest, reporter, accused, nowMs, LINK_STRIKES), marks);
  const [now, strikes] = [mark(new Map()), mark(pool.strikes)];
  const isMember = (peer: PeerId): boolean => pool.peers.some((entry) => entry.peer === peer);
  const driversOf = (peer: PeerId): number =>
    new Set(cuts.filter((cut) => cut.accused === peer && !isMember(cut.reporter)).map(({ reporter }) => reporter)).size;
  const ends = [...new Set(seated.flatMap(({ reporter, accused }) => [reporter, accused]))];
  const blamed = heaviest(ends, (peer) => [
    pairsOut(strikes, peer, nowMs),
    pairsOut(now, peer, nowMs),
    turn(pool, peer, nowMs),
    driversOf(peer),
    placeOf(pool, peer),
  ]);
  return excludePeer({ ...pool, strikes }, blamed, 'unreachable', 'both', world);
}

/** Whether a link of this coalition runs between the two: neighbours of the ring, and its two ends. */
function areLinked({ seats }: Coalition, one: PeerId, other: PeerId): boolean {
  const [from, to] = [one, other].map((peer) => seats.findIndex((seat) => seat.peer === peer)) as [number, number];
  if (from < 0 || to < 0 || from === to) return false;
  const apart = Math.abs(from - to);
  return apart === 1 || apart === seats.length - 1;
}

const placeOf = ({ peers }: Pool, peer: PeerId): number => peers.findIndex((entry) => entry.peer === peer);

/** Where a pair cannot be told apart, whoever was left out less often goes: one that lies about another pays as much. */
function turn({ peers }: Pool, peer: PeerId, nowMs: number): number {
  const unreached = peers.find((entry) => entry.peer === peer)?.unreached;
  return unreached && nowMs - unreached.untilMs < FORGOTTEN_MS ? -unreached.times : 0;
}

/** Weights count in their order. */
function heaviest(peers: readonly PeerId[], weightOf: (peer: PeerId) => readonly number[]): PeerId {
  return peers.reduce((worst, peer) => {
    const [left, right] = [weightOf(peer), weightOf(worst)];
    const at = left.findIndex((weight, index) => weight !== right[index]);
    return at >= 0 && left[at]! > right[at]! ? peer : worst;
  });
}

const pairsOut = (strikes: PairMarks, peer: PeerId, nowMs: number): number =>
  othersOf(strikes, peer, nowMs, LINK_STRIKES);
