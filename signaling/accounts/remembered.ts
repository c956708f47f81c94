// What the one writer of a database remembers of accounts for a minute: whom a key is of, which devices an account has. All of
// it is forgotten at each change, so that what is revoked counts for nothing from then on.
import { RecentMap } from '../http/recent-map.ts';

/** A row that nobody changed is read again after this: a key's last use is noted to the minute. */
export const REMEMBER_MS = 60_000;
/** Callers of a busy minute; a stranger without a key makes no entry. */
const MAX_ENTRIES = 10_000;

/**
 * @example
 * const remembered = new Remembered(clock);
 * await remembered.read('peers:someone', () => select());
 * await remembered.changing(() => remove());
 */
export class Remembered {
  readonly #clock: () => Date;
  #entries = this.#none();
  #changes = 0;
  /** Changes that have begun and not ended: whether they count already is known to the database alone. */
  #changing = 0;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** What was read before, or is read now. Undefined is not remembered: who has no key yet may have one in a moment. */
  async read<T extends object>(key: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.#entries.get(key, this.#nowMs());
    if (known) return known as T;
    const changes = this.#changes;
    const value = await read();
    // What was read while somebody changed it may be older than the change.
    if (value && this.#changing === 0 && this.#changes === changes) this.#entries.set(key, value, this.#nowMs());
    return value;
  }

  /** Whether nothing has changed since this was remembered. */
  has(key: string, value: object): boolean {
    return this.#changing === 0 && this.#entries.get(key, this.#nowMs()) === value;
  }

  /** Runs what changes rows that are remembered here, whether it comes to an end or fails on the way. */
  async changing<T>(work: () => Promise<T>): Promise<T> {
    this.#changing += 1;
    try {
      return await work();
    } finally {
      this.#changing -= 1;
      this.#changes += 1;
      this.#entries = this.#none();
    }
  }

  #none(): RecentMap<object> {
    return new RecentMap({ keepMs: REMEMBER_MS, maxEntries: MAX_ENTRIES });
  }

  #nowMs(): number {
    return this.#clock().getTime();
  }
}
