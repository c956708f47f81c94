// Runs a step again and again, so many at a time: at once while there is work, else when woken or after a pause. One that
// fails is tried again after longer and longer pauses. Stops without leaving a step behind.

export interface WorkLoopOptions {
  /** true: there was work, and there may be more. */
  step(): Promise<boolean>;
  parallel: number;
  /** Pause when there was nothing to do. */
  pollMs: number;
  onError(error: unknown): void;
}

/** What fails for long (a database that is away) is told once a minute and not each second. */
const MOST_PAUSE_MS = 60_000;

export class WorkLoop {
  readonly #options: WorkLoopOptions;
  #workers: Promise<void>[] = [];
  readonly #sleepers = new Set<() => void>();
  /** Counts calls of `wake`: a step that looked before one of them looks again. */
  #wakes = 0;
  #isStopped = true;

  constructor(options: WorkLoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#workers = Array.from({ length: this.#options.parallel }, () => this.#work());
  }

  /** There may be something to do now. */
  wake(): void {
    this.#wakes += 1;
    for (const rise of [...this.#sleepers]) rise();
  }

  /** Resolves when the last step has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.wake();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      const wakes = this.#wakes;
      let isBusy = false;
      try {
        isBusy = await this.#options.step();
        failures = 0;
      } catch (error) {
        failures++;
        this.#options.onError(error);
      }
      if (isBusy || this.#isStopped) continue;
      const { pollMs } = this.#options;
      if (failures > 0) await this.#pause(Math.max(pollMs, Math.min(pollMs * 2 ** (failures - 1), MOST_PAUSE_MS)));
      else if (wakes === this.#wakes) await this.#pause(pollMs);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const rise = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(rise);
        resolve();
      };
      const timer = setTimeout(rise, ms);
      this.#sleepers.add(rise);
    });
  }
}
