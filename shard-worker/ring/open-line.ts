// Frames that wait behind an OPEN frame of their session while its grant is verified: in order, and bounded. Reads none.
import { PoolError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';

export class OpenLine<Work> {
  readonly #waiting = new Map<SessionId, Work[]>();
  readonly #limit: number;
  #size = 0;

  /** `limit` is of all sessions together. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  isOpening(session: SessionId): boolean {
    return this.#waiting.has(session);
  }

  begin(session: SessionId): void {
    this.#waiting.set(session, []);
  }

  /** Throws `sessions-full` at the limit. */
  hold(session: SessionId, work: Work): void {
    if (this.#size >= this.#limit) {
      throw new PoolError('sessions-full', 'The stage has more work waiting than it may hold.');
    }
    this.#waiting.get(session)!.push(work);
    this.#size++;
  }

  /** What waited; from now on the session waits no more. */
  end(session: SessionId): Work[] {
    const waited = this.#waiting.get(session) ?? [];
    this.#waiting.delete(session);
    this.#size -= waited.length;
    return waited;
  }
}
