// What a tab lends of its memory and time, and how much memory when its person has not said. Careful: a tab that is killed helps
// nobody.
import type { Backend } from './control.ts';

/** What a tab lends, as its page says. */
export interface LentMemory {
  memoryBytes: number;
  /** Weights stay as they are stored, though the backend is slower with them: for a device that needs the room. */
  keepPacked?: boolean;
  /** The part of its time, above 0 and at most 1: between two steps it rests for as long as that takes. Absent: all of it. */
  share?: number | undefined;
}

/** What a browser says of its device. */
export interface StatedDevice {
  /** GiB, rounded. */
  deviceMemory?: number;
}

const GIB = 1024 ** 3;
/** `navigator.deviceMemory` is missing in Firefox and Safari, and capped at 8 elsewhere to hinder fingerprinting. */
const UNKNOWN_DEVICE_GIB = 4;
/** wasm32 ends at 4 GiB, and a session's load needs its weights twice for a moment. */
const MOST_WASM_BYTES = 1.5 * GIB;
const MOST_GPU_BYTES = 4 * GIB;

export function defaultMemoryBytes(backend: Backend, { deviceMemory }: StatedDevice): number {
  const deviceGib = deviceMemory && deviceMemory > 0 ? deviceMemory : UNKNOWN_DEVICE_GIB;
  const lentBytes =
    backend === 'wasm'
      ? Math.min((deviceGib * GIB) / 4, MOST_WASM_BYTES)
      : Math.min((deviceGib * GIB) / 2, MOST_GPU_BYTES);
  // Whole bytes, whatever a browser that disguises itself says: an offer of parts of one is refused.
  return Math.floor(lentBytes);
}
