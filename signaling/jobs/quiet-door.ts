// Who waits for a first word goes first: an embedded database does one transaction at a time on the server's own thread, and
// nobody waits for who is paid.

/** A while longer, and the payment comes all the same. */
const MOST_WAIT_MS = 250;

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

  /** Resolves when nobody waits, and after a quarter of a second at the latest. */
  quiet(): Promise<void> {
    if (this.#entering === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, MOST_WAIT_MS);
      this.#waiting.add(wake);
    });
  }
}
