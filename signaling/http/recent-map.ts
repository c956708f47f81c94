// A map that forgets: what was not set for a while, and beyond its size what was set the longest ago. The clock is the caller's.

export interface RecentMapOptions {
  keepMs: number;
  maxEntries: number;
}

export class RecentMap<Value> {
  readonly #keepMs: number;
  readonly #maxEntries: number;
  /** In the order in which they were set. */
  readonly #entries = new Map<string, { value: Value; untilMs: number }>();

  constructor({ keepMs, maxEntries }: RecentMapOptions) {
    this.#keepMs = keepMs;
    this.#maxEntries = maxEntries;
  }

  get(key: string, nowMs = performance.now()): Value | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.untilMs > nowMs ? entry.value : undefined;
  }

  set(key: string, value: Value, nowMs = performance.now()): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: nowMs + this.#keepMs });
    if (this.#entries.size <= this.#maxEntries) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as string);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
