// What all ring nodes of this worker did, for the figures that its page shows and the orchestrator is told.

/** Tokens and steps since the worker began, and the sessions that are open now. */
export class ServedCount {
  #tokens = 0;
  #steps = 0;
  #computeMs = 0;
  #sessions = 0;
  #isDirty = false;
  #wasDirty = false;

  add(step: { tokens: number; computeMs: number }): void {
    this.#tokens += step.tokens;
    this.#steps++;
    this.#computeMs += step.computeMs;
    this.#isDirty = true;
  }

  /** Undefined where nothing changed. Once more after the last token, and when the last session goes: else that would be shown for ever. */
  changed(sessions: number): { sessions: number; tokens: number; stepMs: number } | undefined {
    if (!this.#isDirty && !this.#wasDirty && sessions === 0 && this.#sessions === 0) return undefined;
    this.#sessions = sessions;
    this.#wasDirty = this.#isDirty;
    this.#isDirty = false;
    return { sessions, tokens: this.#tokens, stepMs: this.#steps === 0 ? 0 : this.#computeMs / this.#steps };
  }
}
