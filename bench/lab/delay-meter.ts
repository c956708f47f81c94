// What delays the relay really gave: the newest ones, and quantiles of them. Bounds are computed from these.

/** Enough for the quantiles of any scenario's last seconds, in 256 KB. */
const KEPT = 65_536;

export interface DelayStats {
  packets: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export class DelayMeter {
  readonly #given = new Float32Array(KEPT);
  #count = 0;

  add(ms: number): void {
    this.#given[this.#count++ % KEPT] = ms;
  }

  reset(): void {
    this.#count = 0;
  }

  /** Zeros before the first packet. */
  stats(): DelayStats {
    const sorted = this.#given.slice(0, Math.min(this.#count, KEPT)).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { packets: this.#count, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
  }
}
