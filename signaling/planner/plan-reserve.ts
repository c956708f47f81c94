// Which layers each tab in reserve should hold beside those that serve, so that the loss of a tab costs a moment and not a
// download: those whose loss would take longest first, each once before any twice. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { seatTaker } from './may-take.ts';
import type { LayerRange } from './partition-layers.ts';
import type { Candidate } from './ring-context.ts';

/** A tab in reserve and what it was asked to hold. */
export type ReserveCandidate = Candidate & { readonly warm?: LayerRange | undefined };

/**
 * Ranges by tab, none for one that can take no seat. What a tab holds stays while it is a seat's, unless a seat is held by
 * nobody and this one's by several.
 *
 * @param reserve tabs without a seat that may be planned, earliest first.
 */
export function planReserve(
  manifest: ModelManifest,
  seats: readonly Seat[],
  serving: readonly Candidate[],
  reserve: readonly ReserveCandidate[],
): Map<PeerId, LayerRange> {
  const mayTake = seatTaker(manifest, seats, serving);
  const planned = new Map<PeerId, LayerRange>();
  /** How many hold each seat's layers. */
  const held = new Map(seats.map((seat) => [seat, 0]));
  const plan = ({ peer }: Candidate, seat: Seat): void => {
    planned.set(peer, { start: seat.start, end: seat.end });
    held.set(seat, held.get(seat)! + 1);
  };
  // Those that hold something of use already come first: nobody loads twice for nothing.
  for (const candidate of reserve) {
    const seat = seats.find((each) => candidate.warm && isSame(candidate.warm, each));
    if (!seat || !mayTake(seat, candidate, true)) continue;
    const isSpread = seats.every((each) => held.get(each)! > 0 || !mayTake(each, candidate));
    if (held.get(seat) === 0 || isSpread) plan(candidate, seat);
  }
  const byHurt = seats
    .map((seat) => ({ seat, bytes: stageBytes(manifest, seat.start, seat.end) }))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ seat }) => seat);
  for (const candidate of reserve) {
    if (planned.has(candidate.peer)) continue;
    const [seat] = byHurt.filter((each) => mayTake(each, candidate)).sort((a, b) => held.get(a)! - held.get(b)!);
    if (seat) plan(candidate, seat);
  }
  return planned;
}

export const isSame = (a: LayerRange, b: LayerRange): boolean => a.start === b.start && a.end === b.end;
