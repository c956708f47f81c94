// What a driver has of one epoch: the links to its entry and its exit, until one of them is gone. Knows no sessions.
import type { Seat } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { Link } from '../links/link.ts';

export interface RingEndsOptions {
  epoch: number;
  /** Which of its pool's rings, by default the first. */
  ring?: number | undefined;
  /** The driver's id: where the exit sends results. A loop's driver is elsewhere. */
  self: PeerId;
  entry: Link;
  /** The same link as `entry` when one stage holds everything. */
  exit: Link;
  /** Seats of the coalition, in order: what a trace's stages are. */
  seats?: readonly Seat[];
}

export abstract class RingEnds {
  protected readonly ends: RingEndsOptions;
  #ended: PoolError | undefined;

  constructor(ends: RingEndsOptions) {
    this.ends = ends;
  }

  get epoch(): number {
    return this.ends.epoch;
  }

  get ring(): number {
    return this.ends.ring ?? 0;
  }

  get seats(): readonly Seat[] {
    return this.ends.seats ?? [];
  }

  /** Why nothing can be asked here any more. */
  get ended(): PoolError | undefined {
    return this.#ended;
  }

  /** All that is under way ends with this error. The links stay their owner's. */
  end(error: PoolError): void {
    this.#ended ??= error;
    this.onEnd(error);
  }

  /** Called once there is somebody to hear. */
  protected listen(): void {
    for (const link of new Set([this.ends.entry, this.ends.exit])) {
      link.listen({
        onFrame: (bytes) => this.#receive(link, bytes),
        onClose: () => this.end(new PoolError('stage-left', 'A stage of the route left.')),
      });
    }
  }

  /** Throws when the ring has ended. */
  protected send(frame: Frame): void {
    if (this.#ended) throw this.#ended;
    this.ends.entry.send(encodeFrame(frame));
  }

  /** One whose loss its receiver hears of otherwise. */
  protected trySend(frame: Frame): void {
    try {
      this.send(frame);
    } catch {
      // The ring is gone, and what it held with it.
    }
  }

  /** A frame of this epoch. */
  protected abstract hear(link: Link, frame: Frame): void;

  protected abstract onEnd(error: PoolError): void;

  #receive(link: Link, bytes: Uint8Array): void {
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch {
      return; // Not ours to answer: who waits for what was in it waits in vain, and says so in time.
    }
    if (frame.epoch === this.epoch) this.hear(link, frame);
  }
}
