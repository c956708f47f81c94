// Whether a tab in reserve could take a seat as it is: it has the memory, and it holds the layers already or does not make
// everybody wait. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { PLAN_CONTEXT_TOKENS } from './bounds.ts';
import { rangeBytes } from './partition-layers.ts';
import type { Candidate } from './ring-context.ts';

/** A tab in reserve that would take so many times as long as the slowest that serves is worth a new plan. */
const MOST_TIMES_AS_SLOW = 2;

/** Says of one coalition whether a tab could take a seat of it. `isHeld`: it has the layers, and is sooner there than a plan. */
export type MayTake = (seat: Seat, candidate: Candidate, isHeld?: boolean) => boolean;

/** @param holders tabs that may be planned; those of them that have a seat set the pace, and without any nobody can take one. */
export function seatTaker(manifest: ModelManifest, seats: readonly Seat[], holders: readonly Candidate[]): MayTake {
  const bytesOf = rangeBytes(manifest, Math.min(manifest.maxContext, PLAN_CONTEXT_TOKENS));
  const byPeer = new Map(holders.map((holder) => [holder.peer, holder]));
  const msOf = ({ start, end }: Seat, { capability }: Candidate): number => (end - start) * capability.msPerLayer;
  const paces = seats.flatMap((seat) => {
    const holder = byPeer.get(seat.peer);
    return holder ? [msOf(seat, holder)] : [];
  });
  const mostMs = MOST_TIMES_AS_SLOW * Math.max(...paces);
  return (seat, candidate, isHeld = false) =>
    bytesOf(seat.start, seat.end) <= candidate.capability.memoryBytes && (isHeld || msOf(seat, candidate) <= mostMs);
}
