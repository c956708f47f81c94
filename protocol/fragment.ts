// Frames travel in fragments, so that a long prefill cannot hold up a short step and no message passes the channel's
// limit. Pure: cuts and joins bytes; ordering within one channel is the channel's.
import { PoolError } from './errors.ts';
import { MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES } from './limits.ts';

/** magic u8, zero u8, index u16, count u16, zero u16, frame number u32 */
export const FRAGMENT_HEADER_BYTES = 12;
export const FRAGMENT_MAGIC = 0xca;

const bodyBytes = MAX_FRAGMENT_BYTES - FRAGMENT_HEADER_BYTES;

/** Cuts one frame into messages of at most `MAX_FRAGMENT_BYTES`, little endian. */
export function cutFragments(frameNumber: number, frame: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const count = Math.max(1, Math.ceil(frame.byteLength / bodyBytes));
  return Array.from({ length: count }, (_, index) => {
    const body = frame.subarray(index * bodyBytes, (index + 1) * bodyBytes);
    const message = new Uint8Array(FRAGMENT_HEADER_BYTES + body.byteLength);
    const view = new DataView(message.buffer);
    view.setUint8(0, FRAGMENT_MAGIC);
    view.setUint16(2, index, true);
    view.setUint16(4, count, true);
    view.setUint32(8, frameNumber, true);
    message.set(body, FRAGMENT_HEADER_BYTES);
    return message;
  });
}

interface Partial {
  bodies: (Uint8Array | undefined)[];
  missing: number;
  bytes: number;
}

/** Joins fragments that may interleave by frame. Holds at most `maxOpenFrames` unfinished frames of a hostile peer. */
export class FragmentJoiner {
  readonly #open = new Map<number, Partial>();
  readonly #maxOpenFrames: number;
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(maxOpenFrames = 32, maxBytes = 2 * MAX_FRAME_BYTES) {
    this.#maxOpenFrames = maxOpenFrames;
    this.#maxBytes = maxBytes;
  }

  /** The whole frame when this message completes one, else undefined. Throws `bad-frame`. */
  push(message: Uint8Array): Uint8Array | undefined {
    const { index, count, frameNumber, body } = readFragment(message);
    if (count === 1) return body;
    const partial = this.#open.get(frameNumber) ?? this.#begin(frameNumber, count);
    if (partial.bodies.length !== count)
      throw new PoolError('bad-frame', 'Fragments of one frame disagree on its length.');
    if (partial.bodies[index]) throw new PoolError('bad-frame', 'A fragment came twice.');
    if (this.#heldBytes + body.byteLength > this.#maxBytes) {
      throw new PoolError('bad-frame', 'Too many unfinished bytes.');
    }
    this.#heldBytes += body.byteLength;
    partial.bodies[index] = body;
    partial.bytes += body.byteLength;
    partial.missing -= 1;
    if (partial.missing > 0) return undefined;
    this.#open.delete(frameNumber);
    this.#heldBytes -= partial.bytes;
    return join(partial);
  }

  #begin(frameNumber: number, count: number): Partial {
    if (this.#open.size >= this.#maxOpenFrames) throw new PoolError('bad-frame', 'Too many unfinished frames.');
    const partial: Partial = {
      bodies: new Array<Uint8Array | undefined>(count).fill(undefined),
      missing: count,
      bytes: 0,
    };
    this.#open.set(frameNumber, partial);
    return partial;
  }
}

function readFragment(message: Uint8Array): { index: number; count: number; frameNumber: number; body: Uint8Array } {
  if (
    message.byteLength < FRAGMENT_HEADER_BYTES ||
    message.byteLength > MAX_FRAGMENT_BYTES ||
    message[0] !== FRAGMENT_MAGIC
  ) {
    throw new PoolError('bad-frame', 'This is no fragment of a frame.');
  }
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const index = view.getUint16(2, true);
  const count = view.getUint16(4, true);
  if (count === 0 || index >= count || count * bodyBytes > MAX_FRAME_BYTES + bodyBytes) {
    throw new PoolError('bad-frame', 'A fragment’s place in its frame makes no sense.');
  }
  return { index, count, frameNumber: view.getUint32(8, true), body: message.subarray(FRAGMENT_HEADER_BYTES) };
}

function join(partial: Partial): Uint8Array {
  const frame = new Uint8Array(partial.bytes);
  let at = 0;
  for (const body of partial.bodies) {
    if (!body) throw new PoolError('bad-frame', 'A fragment is missing.');
    frame.set(body, at);
    at += body.byteLength;
  }
  return frame;
}
