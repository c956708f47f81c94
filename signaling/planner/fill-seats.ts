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
  const isWarm = ({ warm }: Spare, seat: Seat): boolean =>
    warm?.some((layers) => layers.isReady && isSame(layers, seat)) ?? false;
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
  return before.map((seat): Seat => {
    const { peer, capability } = holders.get(seat)!;
    const { backend, device } = capability;
    const { start, end } = seat;
    const totalBytes = stageBytes(manifest, start, end);
    return { peer, start, end, backend, device, totalBytes, loadedBytes: 0, ready: false };
  });
}
