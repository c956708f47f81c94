// A frame that is to be computed, checked and turned into the model's input. What is wrong with it is known here, before it
// shares a run with others. Runs nothing.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import type { BatchItem, LayerExecutor } from '../engine/layer-executor.ts';
import { checkPosition } from './check-position.ts';
import { readHidden } from './read-hidden.ts';
import { inverseTemperatureOf } from './sample-rows.ts';
import type { SessionGate } from './session-gate.ts';
import type { Session } from './session-table.ts';

/**
 * Crops the session's cache to where the frame begins. Throws `bad-frame`, `session-unknown`, what the gate refuses with, and what
 * `checkPosition` throws; then nothing is changed.
 */
export function prepareStep(
  frame: Frame,
  session: Session | undefined,
  executor: LayerExecutor,
  gate: SessionGate | undefined,
): BatchItem & { session: Session } {
  const expected = executor.entry ? 'step' : 'hidden';
  if (frame.kind !== expected) {
    throw new PoolError('bad-frame', `This stage takes ${expected} frames and got a ${frame.kind} frame.`);
  }
  if (!session) throw new PoolError('session-unknown', 'This stage does not hold the conversation.');
  const given =
    frame.kind === 'step'
      ? { ids: int32View(frame.payload) }
      : { hidden: readHidden(frame, executor, session.open.codec) };
  if (session.admitted) gate?.check(session.admitted, frame);
  session.cache.crop(checkPosition(session.cache.length, frame, executor.maxContext));
  const rows = frame.flags & FRAME_FLAGS.sampleAll ? 'all' : frame.flags & FRAME_FLAGS.sample ? 'last' : 'none';
  if (frame.flags & FRAME_FLAGS.replay && rows !== 'none')
    throw new PoolError('bad-frame', 'A replay samples nothing.');
  return {
    session,
    cache: session.cache,
    input: {
      ...given,
      tokens: frame.tokens,
      rows,
      inverseTemperature: inverseTemperatureOf(session.open),
    },
  };
}

/** Token ids of a payload, copied because a payload may start anywhere in its buffer. */
function int32View(payload: Uint8Array): Int32Array {
  return new Int32Array(payload.slice().buffer);
}
