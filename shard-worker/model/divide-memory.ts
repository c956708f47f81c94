// How a stage divides the memory that its tab lends: weights first, then KV caches, and what is left makes the runtime
// faster. Pure.

import type { Backend } from '../../protocol/control.ts';
import type { LentMemory } from '../../protocol/lend-memory.ts';
import { kvMemoryBytes, type ModelManifest, stageBytes } from '../../protocol/manifest.ts';

export interface MemoryShares {
  /** For the KV caches of all sessions. */
  kvBytes: number;
  /** For matrices that the backend has no kernel for in their packed form. */
  unpackBytes: number;
}

/** Shares of a stage that holds layers `[start, end)`. */
export function divideMemory(
  manifest: ModelManifest,
  { start, end }: { start: number; end: number },
  { memoryBytes, keepPacked = false }: LentMemory,
  backend: Backend,
): MemoryShares {
  const freeBytes = Math.max(0, memoryBytes - stageBytes(manifest, start, end));
  const kvBytes = kvMemoryBytes(manifest, end - start, freeBytes);
  // WebGPU multiplies packed matrices as they are, faster than it could read them unpacked.
  const isUnpacked = backend === 'wasm' && !keepPacked;
  return { kvBytes, unpackBytes: isUnpacked ? freeBytes - kvBytes : 0 };
}
