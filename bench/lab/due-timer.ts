// Calls back when something is due, to a tenth of a millisecond, without spinning: Node's own timers know whole
// milliseconds and overshoot by up to two. The last stretch is slept in short naps, with a look at the sockets in between.

/** Node's timers may be this much late: they are asked for so much less. */
const TIMER_SLACK_MS = 2.2;
/** A packet that arrives during a nap is seen after it: a short one costs wake-ups, a long one exactness. */
const NAP_MS = 0.2;
/** What the kernel adds to a nap (its timer slack is 50 µs). Less than this is not slept. */
const NAP_SLACK_MS = 0.06;

const pillow = new Int32Array(new SharedArrayBuffer(4));

export class DueTimer {
  readonly #onDue: () => void;
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Calls back once at `dueMs` (of `performance.now()`); a later call replaces an earlier one. */
  set(dueMs: number): void {
    if (dueMs === this.#dueMs) return;
    this.clear();
    this.#dueMs = dueMs;
    if (dueMs !== Number.POSITIVE_INFINITY) this.#arm();
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    const waitMs = this.#dueMs - performance.now();
    if (waitMs > TIMER_SLACK_MS + 1) {
      this.#timer = setTimeout(() => this.#arm(), Math.floor(waitMs - TIMER_SLACK_MS));
      return;
    }
    this.#immediate = setImmediate(() => {
      const leftMs = Math.min(this.#dueMs - performance.now(), NAP_MS) - NAP_SLACK_MS;
      if (leftMs > 0) Atomics.wait(pillow, 0, 0, leftMs);
      if (performance.now() < this.#dueMs) this.#arm();
      else {
        this.#dueMs = Number.POSITIVE_INFINITY;
        this.#onDue();
      }
    });
  }
}
