// The seats of a coalition that lost some of its tabs, each taken by a tab in reserve: whoever is left keeps its layers, loads
// nothing and goes on with what it has computed. Pure.
import type { Seat } from '../../protocol/control.ts';
import { type ModelManifest, stageBytes } from '../../protocol/manifest.ts';
import { PLAN_CONTEXT_TOKENS } from './bounds.ts';
import { rangeBytes } from './partition-layers.ts';
import type { Candidate } from './ring-context.ts';

/** A tab in reserve that would take so many times as long as the slowest that is left is worth a new plan. */
const MOST_TIMES_AS_SLOW = 2;

/**
 * Seats in the same order with the same layers, or undefined: nobody was lost or nobody is left, or no tab in reserve has the
 * memory and the speed. Of several the quickest is taken, of equal ones the earliest.
 *
 * @param candidates tabs that may be planned, earliest first.
 */
export function fillSeats(
  manifest: ModelManifest,
  before: readonly Seat[],
  candidates: readonly Candidate[],
): Seat[] | undefined {
  const bytesOf = rangeBytes(manifest, Math.min(manifest.maxContext, PLAN_CONTEXT_TOKENS));
  const msOf = ({ start, end }: Seat, { capability }: Candidate): number => (end - start) * capability.msPerLayer;
  const holderOf = (seat: Seat): Candidate | undefined => candidates.find(({ peer }) => peer === seat.peer);
  const left = before.filter((seat) => holderOf(seat));
  if (left.length === 0 || left.length === before.length) return undefined;
  const slowestMs = Math.max(...left.map((seat) => msOf(seat, holderOf(seat)!)));
  const reserve = candidates.filter(({ peer }) => before.every((seat) => seat.peer !== peer));
  const seats: Seat[] = [];
  for (const seat of before) {
    const [holder] = holderOf(seat)
      ? [holderOf(seat)!]
      : reserve
          .filter((candidate) => bytesOf(seat.start, seat.end) <= candidate.capability.memoryBytes)
          .filter((candidate) => msOf(seat, candidate) <= MOST_TIMES_AS_SLOW * slowestMs)
          .sort((a, b) => a.capability.msPerLayer - b.capability.msPerLayer);
    if (!holder) return undefined;
    reserve.splice(0, reserve.length, ...reserve.filter((candidate) => candidate !== holder));
    const { backend, device } = holder.capability;
    const totalBytes = stageBytes(manifest, seat.start, seat.end);
    const { start, end } = seat;
    seats.push({ ...{ peer: holder.peer, start, end, backend, device, totalBytes }, loadedBytes: 0, ready: false });
  }
  return seats;
}
