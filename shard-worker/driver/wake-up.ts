// Lets somebody wait until something that he looks at may have changed.

export class WakeUp {
  #wake: () => void = () => {};
  #woken: Promise<void>;

  constructor() {
    this.#woken = this.#sleep();
  }

  /** Resolves at the next call of `now`. */
  get woken(): Promise<void> {
    return this.#woken;
  }

  now(): void {
    const wake = this.#wake;
    this.#woken = this.#sleep();
    wake();
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
