// How many sessions a coalition takes at once: what the KV memory of its tightest stage allows. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE } from '../../protocol/limits.ts';
import { kvBytesPerLayer, type ModelManifest } from '../../protocol/manifest.ts';

/** A session is budgeted at this length, as the planner budgets a stage's first one (`plan-pool.ts`). */
const SLOT_CONTEXT_TOKENS = 4096;

/**
 * Sessions that fit every stage beside its weights: floor((memory - weights) / KV of one session), at least 1 (the planner
 * saw to that) and at most what a stage holds at all.
 */
export function sessionSlots(
  manifest: ModelManifest,
  seats: readonly Pick<Seat, 'peer' | 'start' | 'end' | 'totalBytes'>[],
  memoryOf: (peer: PeerId) => number | undefined,
): number {
  const kvBytes = kvBytesPerLayer(manifest, Math.min(manifest.maxContext, SLOT_CONTEXT_TOKENS));
  const perSeat = seats.map(({ peer, start, end, totalBytes }) => {
    const freeBytes = (memoryOf(peer) ?? 0) - totalBytes;
    return Math.floor(freeBytes / Math.max(1, kvBytes * (end - start)));
  });
  return Math.max(1, Math.min(MAX_SESSIONS_PER_STAGE, ...perSeat));
}
