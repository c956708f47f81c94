// How many sessions a coalition takes at once: what the KV memory of its tightest stage allows. Pure.
import type { Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { MAX_SESSIONS_PER_STAGE, PLANNED_CONTEXT_TOKENS } from '../../protocol/limits.ts';
import { kvBytesPerLayer, kvMemoryBytes, type ModelManifest } from '../../protocol/manifest.ts';

/**
 * Sessions that fit every stage beside its weights: its KV memory over that of one planned session, rounded down, at least
 * 1 (the planner saw to that) and at most what a stage holds at all.
 */
export function sessionSlots(
  manifest: ModelManifest,
  seats: readonly Pick<Seat, 'peer' | 'start' | 'end' | 'totalBytes'>[],
  memoryOf: (peer: PeerId) => number | undefined,
): number {
  const kvBytes = kvBytesPerLayer(manifest, Math.min(manifest.maxContext, PLANNED_CONTEXT_TOKENS));
  const perSeat = seats.map(({ peer, start, end, totalBytes }) => {
    const freeBytes = (memoryOf(peer) ?? 0) - totalBytes;
    return Math.floor(kvMemoryBytes(manifest, end - start, freeBytes) / Math.max(1, kvBytes * (end - start)));
  });
  return Math.max(1, Math.min(MAX_SESSIONS_PER_STAGE, ...perSeat));
}
