// Frames travel in fragments, so that a long prefill cannot hold up a short step, no message passes the channel's limit,
// and one frame may take several channels at once. Pure: cuts frames and reads single fragments; joining is FrameJoiner's.
import { PoolError } from './errors.ts';
import { MAX_FRAGMENT_BYTES, MAX_FRAME_BYTES, SLICE_BYTES } from './limits.ts';

/** magic u8, zero u8, index u16, count u16, zero u16, frame number u32, number of the frame before it u32 */
export const FRAGMENT_HEADER_BYTES = 16;
export const FRAGMENT_MAGIC = 0xca;
/** Most fragments of one frame: the largest in the smallest pieces that a sender cuts. */
export const MAX_FRAGMENTS = Math.ceil(MAX_FRAME_BYTES / (SLICE_BYTES - FRAGMENT_HEADER_BYTES));

/** Where a frame stands on its link. */
export interface FramePlace {
  /** Counts up per link and direction, from 1. */
  number: number;
  /** The frame of the same session that must be handed on before it; 0: none. */
  previous: number;
}

export interface Fragment extends FramePlace {
  index: number;
  count: number;
  /** A view of the message. */
  body: Uint8Array;
}

/** Cuts one frame into messages of at most `messageBytes`, header included, little endian. */
export function cutFragments(
  { number, previous }: FramePlace,
  frame: Uint8Array,
  messageBytes = MAX_FRAGMENT_BYTES,
): Uint8Array<ArrayBuffer>[] {
  const bodyBytes = messageBytes - FRAGMENT_HEADER_BYTES;
  const count = Math.max(1, Math.ceil(frame.byteLength / bodyBytes));
  const messages: Uint8Array<ArrayBuffer>[] = [];
  for (let index = 0; index < count; index++) {
    const from = index * bodyBytes;
    const to = Math.min(frame.byteLength, from + bodyBytes);
    const message = new Uint8Array(FRAGMENT_HEADER_BYTES + to - from);
    const view = new DataView(message.buffer);
    view.setUint8(0, FRAGMENT_MAGIC);
    view.setUint16(2, index, true);
    view.setUint16(4, count, true);
    view.setUint32(8, number, true);
    view.setUint32(12, previous, true);
    message.set(frame.subarray(from, to), FRAGMENT_HEADER_BYTES);
    messages.push(message);
  }
  return messages;
}

/** Reads a fragment of a hostile peer. Throws `bad-frame`. */
export function readFragment(message: Uint8Array): Fragment {
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
  const number = view.getUint32(8, true);
  const previous = view.getUint32(12, true);
  if (count === 0 || index >= count || count > MAX_FRAGMENTS) {
    throw new PoolError('bad-frame', 'A fragment’s place in its frame makes no sense.');
  }
  if (previous >= number) throw new PoolError('bad-frame', 'A frame comes after one that is not before it.');
  return { index, count, number, previous, body: message.subarray(FRAGMENT_HEADER_BYTES) };
}
