// A frame that carries nothing: what a refusal and a close are made of.
import type { Frame } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';

export function emptyFrame(epoch: number, session: SessionId): Frame {
  return {
    kind: 'close',
    dtype: 'none',
    epoch,
    session,
    position: 0,
    tokens: 0,
    flags: 0,
    lap: 0,
    width: 0,
    trace: [],
    payload: new Uint8Array(0),
  };
}
