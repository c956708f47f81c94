// A link carries whole frames between two peers, in order. Who the far side is was settled before it exists.
import type { PeerId } from '../../protocol/ids.ts';

export interface LinkHandlers {
  /** A whole frame; the bytes are the handler's to keep. */
  onFrame(frame: Uint8Array): void;
  /** Called once; nothing comes after it. */
  onClose(): void;
}

export interface Link {
  readonly peer: PeerId;
  /** Least of the last round trips, milliseconds; 0 until the first measurement and between stages in one worker. */
  readonly rttMs: number;
  readonly closed: boolean;
  /** Hands over one frame. Throws `link-failed` when the link is closed or its buffer is full. */
  send(frame: Uint8Array): void;
  listen(handlers: LinkHandlers): void;
  close(): void;
}
