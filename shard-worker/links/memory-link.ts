// Two ends of a link inside one worker: the solo route, and the ring under test. Delivers in a later task, as a
// network does, so that no caller is re-entered.
import { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Link, LinkHandlers } from './link.ts';

/** Frames that wait for a listener: more than one turn of a ring never come before it listens. */
const MAX_EARLY_FRAMES = 64;

class MemoryLink implements Link {
  readonly peer: PeerId;
  readonly rttMs = 0;
  closed = false;
  other: MemoryLink | undefined;
  #handlers: LinkHandlers | undefined;
  #isToldClosed = false;
  readonly #early: Uint8Array[] = [];

  constructor(peer: PeerId) {
    this.peer = peer;
  }

  send(frame: Uint8Array): void {
    if (this.closed) throw new PoolError('link-failed', 'The link is closed.');
    const copy = frame.slice();
    queueMicrotask(() => this.other?.deliver(copy));
  }

  deliver(frame: Uint8Array): void {
    if (this.closed) return;
    if (this.#handlers) this.#handlers.onFrame(frame);
    else if (this.#early.length < MAX_EARLY_FRAMES) this.#early.push(frame);
    else this.close();
  }

  listen(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    for (const frame of this.#early.splice(0)) handlers.onFrame(frame);
    if (this.closed) queueMicrotask(() => this.#tellClosed());
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.#tellClosed());
    this.other?.close();
  }

  #tellClosed(): void {
    if (!this.#handlers || this.#isToldClosed) return;
    this.#isToldClosed = true;
    this.#handlers.onClose();
  }
}

/** Ends `[a, b]`; the end of a says that it leads to peer b. */
export function memoryLinkPair(a: PeerId, b: PeerId): [Link, Link] {
  const toB = new MemoryLink(b);
  const toA = new MemoryLink(a);
  toB.other = toA;
  toA.other = toB;
  return [toB, toA];
}
