// Which layers each tab in reserve should hold beside those that serve, so that the loss of a tab costs a moment and not a
// download: those whose loss would take longest first, each once before any twice. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { mayTake, type SeatContext } from './may-take.ts';
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
  const context: SeatContext = { manifest, seats, holders: serving };
  const planned = new Map<PeerId, LayerRange>();
  const held = (seat: Seat): number => [...planned.values()].filter((range) => isSame(range, seat)).length;
  const hurt = (seat: Seat): number => stageBytes(manifest, seat.start, seat.end);
  // Those that hold something of use already come first: nobody loads twice for nothing.
  const keeps = reserve.filter(({ warm }) => warm && seats.some((seat) => isSame(warm, seat)));
  for (const candidate of keeps) {
    const seat = seats.find((each) => isSame(candidate.warm!, each))!;
    const isSpread = held(seat) === 0 || seats.every((each) => held(each) > 0 || !mayTake(context, each, candidate));
    if (isSpread && mayTake(context, seat, candidate)) planned.set(candidate.peer, rangeOf(seat));
  }
  for (const candidate of reserve) {
    if (planned.has(candidate.peer)) continue;
    const [seat] = seats
      .filter((each) => mayTake(context, each, candidate))
      .sort((a, b) => held(a) - held(b) || hurt(b) - hurt(a) || a.start - b.start);
    if (seat) planned.set(candidate.peer, rangeOf(seat));
  }
  return planned;
}

export const isSame = (a: LayerRange, b: LayerRange): boolean => a.start === b.start && a.end === b.end;

const rangeOf = ({ start, end }: Seat): LayerRange => ({ start, end });
