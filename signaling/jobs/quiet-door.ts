// Who waits for a first word goes first: an embedded database does one transaction at a time on the server's own thread, and
// nobody waits for who is paid.

import { setTimeout as sleep } from 'node:timers/promises';

/** A while longer, and the payment comes all the same. */
const MOST_WAIT_MS = 250;
/** What was said last is on its way by then. */
const AFTER_MS = 10;
/** A program that has its answer asks the next thing within this time, if it does so at once. */
const NEXT_MS = 30;

export class QuietDoor {
  #entering = 0;
  readonly #waiting = new Set<() => void>();

  /** Somebody has come who waits, until what this gives is called. */
  enter(): () => void {
    this.#entering += 1;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#entering -= 1;
      if (this.#entering === 0) for (const wake of [...this.#waiting]) wake();
    };
  }

  /** Resolves when nobody has come for a moment and a moment after the last has left; after a quarter of a second at the latest. */
  async quiet(): Promise<void> {
    const atMostMs = performance.now() + MOST_WAIT_MS;
    await sleep(NEXT_MS);
    while (this.#entering > 0 && performance.now() < atMostMs) {
      await this.#nextQuiet(atMostMs - performance.now());
      await sleep(AFTER_MS);
    }
  }

  #nextQuiet(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, atMostMs);
      this.#waiting.add(wake);
    });
  }
}
