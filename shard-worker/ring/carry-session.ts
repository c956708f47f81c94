// How a session of one epoch goes on in the next: over which link it may, and what a stage that is new to it is sent. Pure.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS, type Frame } from '../../protocol/frame.ts';
import type { Link } from '../links/link.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import type { OpenSession } from './open-session.ts';
import type { Session } from './session-table.ts';

const codecOf = ({ codec = 'exact' }: OpenSession) => codec;

/**
 * Whether a session that came over another link may go on over this one: with the same driver, from an older epoch, or where
 * the same peer has made its link anew. Another codec's rows are in its cache: an exact answer does not go on with them.
 */
export function mayGoOn(known: Session, open: OpenSession, from: Link, epoch: number): boolean {
  const isOlder = known.epoch < epoch || (known.epoch === epoch && known.upstream.peer === from.peer);
  return isOlder && known.open.driver === open.driver && codecOf(known.open) === codecOf(open);
}

/**
 * What the stage behind this one lacks and this one has sent before; nothing where it lacks nothing, or where this one is new
 * as well and passes on what it computes. Throws `kv-missing` when what is lacked is not kept any more.
 */
export function replayFrames({ id, epoch, open: { carried }, sent }: Session, stage: number): Frame[] {
  if (!carried?.fresh.includes(stage + 1) || carried.fresh.includes(stage)) return [];
  const chunks = sent.before(carried.position);
  if (!chunks) {
    const data = { held: sent.end, position: carried.position };
    throw new PoolError('kv-missing', 'This stage does not keep all that the next one lacks.', { data });
  }
  return chunks.map((chunk, index) => {
    // The first one writes over what an earlier try may have left.
    const flags = FRAME_FLAGS.replay | (index === 0 ? FRAME_FLAGS.rollback : 0);
    return { ...emptyFrame(epoch, id), kind: 'hidden', flags, ...chunk };
  });
}
