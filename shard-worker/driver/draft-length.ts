// How many tokens the next guess should have: more while guesses are right, none while they are wrong. Pure; bounded.

/** Most drafted tokens in one lap. */
export const MAX_DRAFT_TOKENS = 8;
const FIRST_LENGTH = 4;
/** The length changes by at most so many at a time: one odd guess says little. */
const LARGEST_STEP = 2;
/** After drafting has stopped, it is tried again when so many laps have gone by. */
const RETRY_LAPS = 24;

export class DraftLength {
  #length = FIRST_LENGTH;
  #idleLaps = 0;

  /** For the lap that comes. 0: do not draft. */
  next(): number {
    if (this.#length > 0) return this.#length;
    this.#idleLaps++;
    if (this.#idleLaps < RETRY_LAPS) return 0;
    this.#idleLaps = 0;
    this.#length = LARGEST_STEP;
    return this.#length;
  }

  /** What came of a guess of `drafted` tokens, at least one. */
  learn(drafted: number, accepted: number): void {
    // All right: longer might be right as well. Else as many as were right and one to hope for; none at all ends it.
    const wanted = accepted === drafted ? this.#length + LARGEST_STEP : accepted === 0 ? 0 : accepted + 1;
    const step = Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, wanted - this.#length));
    this.#length = Math.max(0, Math.min(MAX_DRAFT_TOKENS, this.#length + step));
  }
}
