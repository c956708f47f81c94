// Whether a tab in reserve could take a seat as it is: it has the memory, and does not make everybody wait. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { PLAN_CONTEXT_TOKENS } from './bounds.ts';
import { rangeBytes } from './partition-layers.ts';
import type { Candidate } from './ring-context.ts';

/** A tab in reserve that would take so many times as long as the slowest that serves is worth a new plan. */
const MOST_TIMES_AS_SLOW = 2;

export interface SeatContext {
  manifest: ModelManifest;
  seats: readonly Seat[];
  /** Tabs that may be planned; those of them that have a seat set the pace. */
  holders: readonly Candidate[];
}

const msOf = ({ start, end }: Seat, { capability }: Candidate): number => (end - start) * capability.msPerLayer;

export function mayTake({ manifest, seats, holders }: SeatContext, seat: Seat, candidate: Candidate): boolean {
  const contextTokens = Math.min(manifest.maxContext, PLAN_CONTEXT_TOKENS);
  if (rangeBytes(manifest, contextTokens)(seat.start, seat.end) > candidate.capability.memoryBytes) return false;
  const paces = seats.flatMap((each) => {
    const holder = holders.find(({ peer }) => peer === each.peer);
    return holder ? [msOf(each, holder)] : [];
  });
  return msOf(seat, candidate) <= MOST_TIMES_AS_SLOW * Math.max(...paces);
}
