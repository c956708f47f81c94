// Runs a step again and again, so many at a time: at once while there is work, else when woken or after a pause. One that
// fails is tried again after longer and longer pauses. Stops without leaving a step behind.

export interface WorkLoopOptions {
  /**
   * true: there was work, and there may be more.
   *
   * @param onTaken called once it has work, which may take long: another worker looks for more at once.
   */
  step(onTaken: () => void): Promise<boolean>;
  parallel: number;
  /** Between looks when there was nothing to do. One worker looks, however many there are. */
  pollMs: number;
  onError(error: unknown): void;
}

/** What fails for long (a database that is away) is told once a minute and not each second. */
const MOST_PAUSE_MS = 60_000;

interface Sleeper {
  rise(): void;
  timer?: NodeJS.Timeout | undefined;
}

export class WorkLoop {
  readonly #options: WorkLoopOptions;
  #workers: Promise<void>[] = [];
  readonly #sleepers = new Set<Sleeper>();
  /** Counts calls of `wake`: a step that looked before one of them looks again. */
  #wakes = 0;
  /** In a row, over all workers. */
  #failures = 0;
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
    for (const sleeper of [...this.#sleepers]) sleeper.rise();
  }

  /** Resolves when the last step has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.wake();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    const wakeOne = (): void => {
      const [sleeper] = this.#sleepers;
      sleeper?.rise();
    };
    while (!this.#isStopped) {
      const wakes = this.#wakes;
      let isBusy = false;
      let hasFailed = false;
      try {
        isBusy = await this.#options.step(wakeOne);
        this.#failures = 0;
      } catch (error) {
        hasFailed = true;
        this.#failures++;
        this.#options.onError(error);
      }
      if (isBusy || this.#isStopped || (!hasFailed && wakes !== this.#wakes)) continue;
      await this.#pause();
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        rise: () => {
          clearTimeout(sleeper.timer);
          this.#sleepers.delete(sleeper);
          resolve();
          // Somebody goes on looking while this one works.
          this.#watch();
        },
      };
      this.#sleepers.add(sleeper);
      this.#watch();
    });
  }

  /** One of those who sleep looks again after the pause. */
  #watch(): void {
    const sleepers = [...this.#sleepers];
    const [first] = sleepers;
    if (!first || this.#isStopped || sleepers.some(({ timer }) => timer !== undefined)) return;
    const { pollMs } = this.#options;
    const growing = Math.min(pollMs * 2 ** (this.#failures - 1), MOST_PAUSE_MS);
    first.timer = setTimeout(() => first.rise(), this.#failures > 0 ? Math.max(pollMs, growing) : pollMs);
  }
}
