// The seats of a coalition that lost some of its tabs, each taken by a tab in reserve: whoever is left keeps its layers, loads
// nothing and goes on with what it has computed. Pure.
import type { Seat } from '../../protocol/control.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { seatTaker } from './may-take.ts';
import type { LayerRange } from './partition-layers.ts';
import { isSame } from './plan-reserve.ts';
import type { Candidate } from './ring-context.ts';

/** Layers that a tab in reserve has loaded, or was asked to. */
type Spare = Candidate & { readonly warm?: readonly (LayerRange & { readonly isReady: boolean })[] | undefined };

/**
 * The same seats with other tabs, each of which has loaded the layers of its seat: nobody loads anything. Undefined where some
 * seat's layers are nobody's in reserve.
 */
export function mirrorSeats(seats: readonly Seat[], spares: readonly Spare[]): Seat[] | undefined {
  const warmFor = (seat: Seat): Spare[] => spares.filter((spare) => isWarm(spare, seat));
  const holders = new Map<Seat, Spare>();
  // Whoever is the only one that holds a seat's layers is left for it.
  for (const seat of seats.toSorted((a, b) => warmFor(a).length - warmFor(b).length)) {
    const free = warmFor(seat).filter((spare) => ![...holders.values()].includes(spare));
    const [quickest] = free.sort((a, b) => a.capability.msPerLayer - b.capability.msPerLayer);
    if (!quickest) return undefined;
    holders.set(seat, quickest);
  }
  return seats.map((seat) => seatFor(seat, holders.get(seat)!, seat.totalBytes));
}

const isWarm = ({ warm }: Spare, seat: Seat): boolean =>
  warm?.some((layers) => layers.isReady && isSame(layers, seat)) ?? false;

const seatFor = ({ start, end }: Seat, { peer, capability }: Spare, totalBytes: number): Seat => {
  const { backend, device } = capability;
  return { peer, start, end, backend, device, totalBytes, loadedBytes: 0, ready: false };
};

/**
 * Seats in the same order with the same layers, or undefined: nobody was lost or nobody is left, or no tab in reserve has the
 * memory and the speed. Of several the one that holds the layers is taken, then the quickest, of equal ones the earliest.
 *
 * @param candidates tabs that may be planned, earliest first.
 */
export function fillSeats(
  manifest: ModelManifest,
  before: readonly Seat[],
  candidates: readonly Spare[],
): Seat[] | undefined {
  const mayTake = seatTaker(manifest, before, candidates);
  const isLeft = (seat: Seat): boolean => candidates.some(({ peer }) => peer === seat.peer);
  const left = before.filter(isLeft);
  if (left.length === 0 || left.length === before.length) return undefined;
  let reserve = candidates.filter(({ peer }) => before.every((seat) => seat.peer !== peer));
  const holders = new Map<Seat, Spare>();
  for (const seat of left) holders.set(seat, candidates.find(({ peer }) => peer === seat.peer)!);
  const take = (seat: Seat, spares: readonly Spare[]): void => {
    const [best] = spares
      .filter((spare) => mayTake(seat, spare, isWarm(spare, seat)))
      .sort((a, b) => a.capability.msPerLayer - b.capability.msPerLayer);
    if (!best) return;
    holders.set(seat, best);
    reserve = reserve.filter((spare) => spare !== best);
  };
  const lost = before.filter((seat) => !isLeft(seat));
  const warmFor = (seat: Seat): Spare[] => reserve.filter((spare) => isWarm(spare, seat));
  // Whoever is the only one that holds a seat's layers is left for it.
  for (const seat of lost.toSorted((a, b) => warmFor(a).length - warmFor(b).length)) take(seat, warmFor(seat));
  for (const seat of lost) if (!holders.has(seat)) take(seat, reserve);
  if (holders.size < before.length) return undefined;
  return before.map((seat) => seatFor(seat, holders.get(seat)!, stageBytes(manifest, seat.start, seat.end)));
}
