// The driver of a loop, wherever it listens now: what it is told is in its own session, so that it comes in its order.
import { encodeFrame, type Frame } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Link } from '../links/link.ts';
import { emptyFrame } from '../words/empty-frame.ts';

export class FarDriver {
  readonly #session: SessionId;
  #at: { link: Link; epoch: number } | undefined;

  constructor(session: SessionId) {
    this.#session = session;
  }

  /** Where it listens; undefined while it is away. */
  get epoch(): number | undefined {
    return this.#at?.epoch;
  }

  come(link: Link, epoch: number): void {
    this.#at = { link, epoch };
  }

  /** Whether it listened over this one. */
  lost(link: Link): boolean {
    if (this.#at?.link !== link) return false;
    this.#at = undefined;
    return true;
  }

  leave(): void {
    this.#at = undefined;
  }

  tell(fields: Partial<Frame>): void {
    if (!this.#at) return;
    const { link, epoch } = this.#at;
    try {
      link.send(encodeFrame({ ...emptyFrame(epoch, this.#session), ...fields, epoch, session: this.#session }));
    } catch {
      // One whose link takes no more has gone: told so, it comes back for the rest.
      this.#at = undefined;
      link.close();
    }
  }
}
