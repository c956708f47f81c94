// How long a lap of a ring may take, from those that came back. Pure.
import { LAP_TIMEOUT_MS } from '../../protocol/limits.ts';

/** A ring that is busy with others, or whose GPU compiles for a new length, is slow for a while: that is no loss. */
const LEAST_MS = 15_000;
/** A lap is lost when it takes so many times what the slowest of the last ones would have taken for as many rows. */
const TIMES = 8;
/** Before so many came back nothing is known. */
const LEAST_LAPS = 3;
const KEPT_LAPS = 16;

export class LapDeadline {
  #laps: { rows: number; ms: number }[] = [];

  /** A lap of so many rows came back. */
  learn(rows: number, ms: number): void {
    this.#laps = [...this.#laps, { rows, ms }].slice(-KEPT_LAPS);
  }

  /** Milliseconds that a lap of so many rows may take. */
  ofRows(rows: number): number {
    if (this.#laps.length < LEAST_LAPS) return LAP_TIMEOUT_MS;
    const slowestMs = Math.max(...this.#laps.map((lap) => lap.ms * Math.max(1, rows / lap.rows)));
    return Math.min(LAP_TIMEOUT_MS, Math.max(LEAST_MS, TIMES * slowestMs));
  }
}
