// The rows of a hidden frame, in the type that the stage computes in, if it may travel as it did. Pure.
import { allowsCodec, type CodecPolicy } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frame.ts';
import { codecOf, unpackRows } from '../codec/pack-rows.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';

/**
 * `[tokens, hidden]` in the activation type's bytes. Throws `bad-frame` for another width or type than the model's, for a
 * codec that the session's driver did not allow, and for values that no stage packs.
 */
export function readHidden(
  frame: Frame,
  { activation, hiddenSize }: Pick<LayerExecutor, 'activation' | 'hiddenSize'>,
  policy: CodecPolicy = 'exact',
): Uint8Array {
  if (frame.width !== hiddenSize) {
    throw new PoolError('bad-frame', `The hidden state is ${frame.width} wide; the model's are ${hiddenSize}.`);
  }
  const codec = codecOf(frame.dtype, activation);
  if (!allowsCodec(policy, codec)) {
    throw new PoolError('bad-frame', `The hidden state came as ${codec}; the driver allows ${policy}.`);
  }
  return unpackRows(frame, activation);
}
