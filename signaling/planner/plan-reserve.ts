// Which layers each tab in reserve should hold beside those that serve, so that the loss of a tab costs a moment and not a
// download: those whose loss would take longest first, each once before any twice, as many as its memory takes. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { PLAN_CONTEXT_TOKENS } from './bounds.ts';
import { seatTaker } from './may-take.ts';
import { type LayerRange, rangeBytes } from './partition-layers.ts';
import type { Candidate } from './ring-context.ts';

/** A tab in reserve, what it was asked to hold, and what of that it could not have. */
export type ReserveCandidate = Candidate & {
  readonly warm?: readonly (LayerRange & { readonly hasFailed?: true })[] | undefined;
};

/** A seat, its weights, and what its sessions take besides. */
interface Weighed {
  readonly seat: Seat;
  readonly bytes: number;
  readonly sessionBytes: number;
  /** Tabs that are to hold it. */
  holders: number;
}

/** What is planned for a tab: the weights of all of it, and sessions of one, which is the seat that it takes. */
interface Shelf {
  readonly candidate: ReserveCandidate;
  readonly held: Set<Weighed>;
  bytes: number;
  mostSessionBytes: number;
}

/**
 * Ranges by tab, none for one that can take no seat. What a tab holds stays while it is a seat's, unless its memory is wanted
 * for a seat that is held by nobody.
 *
 * @param reserve tabs without a seat that may be planned, earliest first.
 */
export function planReserve(
  manifest: ModelManifest,
  seats: readonly Seat[],
  serving: readonly Candidate[],
  reserve: readonly ReserveCandidate[],
): Map<PeerId, LayerRange[]> {
  const mayTake = seatTaker(manifest, seats, serving);
  const byHurt = weigh(manifest, seats);
  const shelves = reserve.map((candidate): Shelf => ({ candidate, held: new Set(), bytes: 0, mostSessionBytes: 0 }));
  const hasRoom = ({ candidate, bytes, mostSessionBytes }: Shelf, weighed: Weighed): boolean =>
    bytes + weighed.bytes + Math.max(mostSessionBytes, weighed.sessionBytes) <= candidate.capability.memoryBytes;
  const couldHold = (shelf: Shelf, weighed: Weighed): boolean => {
    const known = wasAsked(shelf.candidate, weighed.seat);
    if (shelf.held.has(weighed) || known?.hasFailed) return false;
    return hasRoom(shelf, weighed) && mayTake(weighed.seat, shelf.candidate, known !== undefined);
  };
  const hold = (shelf: Shelf, weighed: Weighed): void => {
    shelf.held.add(weighed);
    shelf.bytes += weighed.bytes;
    shelf.mostSessionBytes = Math.max(shelf.mostSessionBytes, weighed.sessionBytes);
    weighed.holders += 1;
  };
  // Who holds something of use already goes on with it: nobody loads twice for nothing.
  for (const weighed of byHurt) {
    const holder = shelves.find((shelf) => wasAsked(shelf.candidate, weighed.seat) && couldHold(shelf, weighed));
    if (holder) hold(holder, weighed);
  }
  for (const weighed of byHurt.filter(({ holders }) => holders === 0)) {
    const idlest = leastOf(
      shelves,
      ({ held }) => held.size,
      (shelf) => couldHold(shelf, weighed),
    );
    if (idlest) hold(idlest, weighed);
  }
  for (const shelf of shelves) {
    for (const weighed of byHurt) {
      if (wasAsked(shelf.candidate, weighed.seat) && couldHold(shelf, weighed)) hold(shelf, weighed);
    }
    if (shelf.held.size > 0) continue;
    const barest = leastOf(
      byHurt,
      ({ holders }) => holders,
      (weighed) => couldHold(shelf, weighed),
    );
    if (barest) hold(shelf, barest);
  }
  return new Map(
    shelves
      .filter(({ held }) => held.size > 0)
      .map(({ candidate, held }) => [candidate.peer, [...held].map(({ seat: { start, end } }) => ({ start, end }))]),
  );
}

/** Those that take longest to load first. */
function weigh(manifest: ModelManifest, seats: readonly Seat[]): Weighed[] {
  const bytesOf = rangeBytes(manifest, Math.min(manifest.maxContext, PLAN_CONTEXT_TOKENS));
  return seats
    .map((seat): Weighed => {
      const bytes = stageBytes(manifest, seat.start, seat.end);
      return { seat, bytes, sessionBytes: bytesOf(seat.start, seat.end) - bytes, holders: 0 };
    })
    .sort((a, b) => b.bytes - a.bytes);
}

const wasAsked = ({ warm }: ReserveCandidate, seat: Seat) => warm?.find((layers) => isSame(layers, seat));

/** The first of those with the least. */
function leastOf<Item>(
  items: readonly Item[],
  amount: (item: Item) => number,
  isMeant: (item: Item) => boolean,
): Item | undefined {
  let least: Item | undefined;
  for (const item of items) {
    if ((least === undefined || amount(item) < amount(least)) && isMeant(item)) least = item;
  }
  return least;
}

export const isSame = (a: LayerRange, b: LayerRange): boolean => a.start === b.start && a.end === b.end;
