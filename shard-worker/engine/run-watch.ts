// Finds out when a run of the model does not come to its end: a GPU that hangs is seen by nobody else, since the worker, its
// page and its links go on answering. Judges by how long runs of the same length took; knows no model.
import { PoolError } from '../../protocol/errors.ts';

/** However quick runs are, a machine may be busy with others for so long. */
const LEAST_MS = 4_000;
/** A run hangs when it takes so many times what the slowest of the last ones of its length took. */
const TIMES = 3;
/** A first run of a length compiles kernels. */
const FIRST_MS = 60_000;
const KEPT_RUNS = 16;
/** Lengths of which something is known: prefill chunks and batches have few. */
const MAX_LENGTHS = 256;
const TICK_MS = 500;

const hangs = (ms: number): PoolError =>
  new PoolError('device-lost', `The device has not come to the end of a step in ${Math.round(ms / 1000)} s.`);

export class RunWatch {
  readonly #now: () => number;
  /** Milliseconds of the last runs, by rows. */
  readonly #took = new Map<number, number[]>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds that a run of so many rows may take. */
  mostMs(rows: number): number {
    const took = this.#took.get(rows);
    return took ? Math.max(LEAST_MS, TIMES * Math.max(...took)) : FIRST_MS;
  }

  /**
   * What a run of so many rows gives. Rejects with `device-lost` when it hangs. Time counts only while this worker itself runs
   * on time: one that computes, or whose machine stood still, hears late of its own runs.
   */
  async watch<Result>(rows: number, run: () => Promise<Result>): Promise<Result> {
    const beganMs = this.#now();
    const mostMs = this.mostMs(rows);
    let watchedMs = 0;
    let lastMs = beganMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<never>((_, reject) => {
      const tick = (): void => {
        const nowMs = this.#now();
        const passedMs = nowMs - lastMs;
        lastMs = nowMs;
        // A late tick says something of this worker's clock and nothing of the device.
        if (passedMs < 2 * TICK_MS) watchedMs += passedMs;
        if (watchedMs <= mostMs) timer = setTimeout(tick, TICK_MS);
        else reject(hangs(nowMs - beganMs));
      };
      timer = setTimeout(tick, TICK_MS);
    });
    try {
      const result = await Promise.race([run(), stuck]);
      this.#learn(rows, this.#now() - beganMs);
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  #learn(rows: number, ms: number): void {
    const took = [...(this.#took.get(rows) ?? []), ms].slice(-KEPT_RUNS);
    this.#took.delete(rows);
    this.#took.set(rows, took);
    const [oldest] = this.#took.keys();
    if (oldest !== undefined && this.#took.size > MAX_LENGTHS) this.#took.delete(oldest);
  }
}
