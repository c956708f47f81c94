// What is held against pairs of tabs, whoever of the two it was: how often, and when last. Pure; old marks count for nothing, and
// there are only so many.
import type { PeerId } from '../../protocol/ids.ts';

/** What happened longer ago is held against nobody. Three times as long as the longest that a tab is left out. */
export const FORGOTTEN_MS = 30 * 60_000;
/** Most pairs; the one that was marked longest ago goes. */
const MAX_PAIRS = 512;

export interface PairMark {
  readonly times: number;
  readonly atMs: number;
  /** Who of the two said so last. */
  readonly by: PeerId;
}

/** By pair, `lower-higher`, the one that was marked longest ago first. */
export type PairMarks = ReadonlyMap<string, PairMark>;

const keyOf = (one: PeerId, other: PeerId): string => [one, other].sort().join('-');
const isOf = (pair: string, peer: PeerId): boolean => pair.split('-').includes(peer);

/** How often, of what is not forgotten. */
export function timesOf(marks: PairMarks, one: PeerId, other: PeerId, nowMs: number): number {
  const mark = marks.get(keyOf(one, other));
  return mark && nowMs - mark.atMs < FORGOTTEN_MS ? mark.times : 0;
}

/** Marks the pair once more, or so often, on the word of `by`. */
export function withMark(marks: PairMarks, by: PeerId, other: PeerId, nowMs: number, times?: number): PairMarks {
  const key = keyOf(by, other);
  const mark = { times: times ?? timesOf(marks, by, other, nowMs) + 1, atMs: nowMs, by };
  return new Map([...[...marks].filter(([pair]) => pair !== key), [key, mark] as const].slice(-MAX_PAIRS));
}

/** With how many others this one is marked, each at least so often. */
export const othersOf = (marks: PairMarks, peer: PeerId, nowMs: number, least = 1): number =>
  [...marks].filter(([pair, { times, atMs }]) => isOf(pair, peer) && times >= least && nowMs - atMs < FORGOTTEN_MS)
    .length;

/** Without what others say of this one where it is less than so many times. */
export const withoutFew = (marks: PairMarks, peer: PeerId, least: number): PairMarks =>
  new Map([...marks].filter(([pair, { times, by }]) => !isOf(pair, peer) || by === peer || times >= least));

/** Without the pairs of which both are among these. */
export const withoutPairs = (marks: PairMarks, peers: ReadonlySet<PeerId>): PairMarks =>
  new Map([...marks].filter(([pair]) => !pair.split('-').every((peer) => peers.has(peer as PeerId))));
