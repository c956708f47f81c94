// Lends a part of a device's time: runs of a stage wait until what the ones before took is so small a part of it. Whoever measures the
// stage is told the pace that others see.
import { type LayerExecutor, runMs } from '../engine/layer-executor.ts';

/**
 * A run waits no longer at once: the ring's other stages wait along, and a lap that stands still is given up after 15 s at the least.
 * What a long run owes beyond it the next ones pay.
 */
const MOST_MS = 1_000;
/** Nor is more owed than this: a prompt of minutes would make the answer behind it wait as long again. */
const MOST_OWED_MS = 10_000;

export class SharePace {
  share = 1;
  #freeAtMs = 0;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds to wait before the next run. */
  get waitMs(): number {
    return Math.min(MOST_MS, Math.max(0, this.#freeAtMs - this.#now()));
  }

  /** A run has ended that took so long. */
  ran(ms: number): void {
    const nowMs = this.#now();
    const owedMs = Math.max(0, this.#freeAtMs - nowMs) + ms * (1 / this.share - 1);
    this.#freeAtMs = nowMs + Math.min(MOST_OWED_MS, owedMs);
  }
}

export const paceExecutor = (executor: LayerExecutor, pace: SharePace): LayerExecutor => ({
  ...executor,
  async runBatch(items) {
    const { waitMs } = pace;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const outputs = await executor.runBatch(items);
    pace.ran(outputs[0] ? runMs(outputs[0]) : 0);
    return outputs;
  },
});
