// Gives the thread to others now and then. A runtime on the CPU computes without giving it back: whoever has a row of chunks to
// compute hears nothing meanwhile, neither that an answer is cancelled nor that somebody asks whether it is there.

/** Nobody waits for longer than this and one run. */
const TURN_MS = 50;

export class OthersTurn {
  readonly #now: () => number;
  #sinceMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#sinceMs = now();
  }

  /** Resolves at once, or when tasks that wait have had their turn. */
  async give(): Promise<void> {
    if (this.#now() - this.#sinceMs < TURN_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#sinceMs = this.#now();
  }
}
