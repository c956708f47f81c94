// Hidden states of a stage as the payload of a frame, in the codec that was picked, and back. Owns no choice.

import type { Codec } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import { type Frame, payloadBytesOf } from '../../protocol/frame.ts';
import type { Activation } from '../words/activation.ts';
import { packHalves, unpackHalves } from './half-bits.ts';
import { packInt8Rows, SCALE_BYTES, unpackInt8Rows } from './int8-rows.ts';

type Packed = Pick<Frame, 'dtype' | 'payload'>;

/**
 * Rows `[tokens, width]` in the activation type's bytes, packed. What a codec does not hold (NaN, infinities, in `f16` also
 * 65520 and more) travels exactly, and so does `f16` of a float16 model: every session allows that.
 */
export function packRows(codec: Codec, hidden: Uint8Array, activation: Activation, tokens: number): Packed {
  const exact: Packed = { dtype: activation, payload: hidden };
  if (codec === 'exact' || (codec === 'f16' && activation === 'float16')) return exact;
  const rows = floatsOf(hidden, activation);
  if (!rows) return exact;
  if (codec === 'f16') {
    const halves = new Uint16Array(rows.length);
    return packHalves(rows, halves) ? { dtype: 'float16', payload: new Uint8Array(halves.buffer) } : exact;
  }
  const width = rows.length / tokens;
  const payload = new Uint8Array(payloadBytesOf('int8', tokens, width));
  const scales = new Float32Array(payload.buffer, 0, tokens);
  const codes = new Int8Array(payload.buffer, tokens * SCALE_BYTES);
  return packInt8Rows(rows, width, scales, codes) ? { dtype: 'int8', payload } : exact;
}

/** The rows of a hidden frame in the activation type's bytes. Throws `bad-frame` for what no codec of this model writes. */
export function unpackRows(frame: Packed & Pick<Frame, 'tokens' | 'width'>, activation: Activation): Uint8Array {
  const { dtype, tokens, width, payload } = frame;
  const codec = codecOf(dtype, activation);
  if (codec === 'exact') return payload;
  const rows = new Float32Array(tokens * width);
  const bytes = aligned(payload);
  if (codec === 'f16') {
    if (!unpackHalves(new Uint16Array(bytes.buffer, bytes.byteOffset, rows.length), rows)) throw notPacked(dtype);
  } else {
    const scales = new Float32Array(bytes.buffer, bytes.byteOffset, tokens);
    const codes = new Int8Array(bytes.buffer, bytes.byteOffset + tokens * SCALE_BYTES, rows.length);
    if (!unpackInt8Rows(scales, codes, width, rows)) throw notPacked(dtype);
  }
  if (activation === 'float32') return new Uint8Array(rows.buffer);
  const halves = new Uint16Array(rows.length);
  // A code of int8 may say more than a half can hold; what an honest stage packs never does.
  if (!packHalves(rows, halves)) throw notPacked(dtype);
  return new Uint8Array(halves.buffer);
}

/** Which codec a frame came in. Throws `bad-frame` for a type that no stage of this model sends. */
export function codecOf(dtype: Frame['dtype'], activation: Activation): Codec {
  if (dtype === activation) return 'exact';
  if (dtype === 'int8') return 'int8';
  if (dtype === 'float16') return 'f16';
  throw new PoolError('bad-frame', `The hidden state came as ${dtype}; the model computes in ${activation}.`);
}

/** Undefined for halves that are no finite numbers. */
function floatsOf(hidden: Uint8Array, activation: Activation): Float32Array | undefined {
  const bytes = aligned(hidden);
  if (activation === 'float32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const rows = new Float32Array(bytes.byteLength / 2);
  return unpackHalves(new Uint16Array(bytes.buffer, bytes.byteOffset, rows.length), rows) ? rows : undefined;
}

/** The same bytes where views of 4 bytes can begin: a frame may lie anywhere in the message that it came in. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 4 === 0 ? bytes : bytes.slice());

const notPacked = (dtype: Frame['dtype']): PoolError =>
  new PoolError('bad-frame', `The hidden state holds ${dtype} values that no stage packs.`);
