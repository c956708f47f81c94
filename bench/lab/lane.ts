// One direction of one flow: decides when a packet leaves the relay, or that it never does. Pure but for its own state.
import type { LinkShape } from './link-shape.ts';

export class Lane {
  readonly #random: () => number;
  /** When the bandwidth is free again. */
  #freeMs = Number.NEGATIVE_INFINITY;
  #lastDueMs = Number.NEGATIVE_INFINITY;

  /** `random` gives numbers in [0, 1); a seeded one makes losses repeat. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** When a packet that came at `nowMs` is due; undefined when it is lost. */
  admit(shape: LinkShape, nowMs: number, bytes: number): number | undefined {
    const isLost = this.#random() < shape.lossRate;
    const jitterMs = this.#random() * shape.jitterMs;
    if (isLost) return undefined;
    const startMs = Math.max(nowMs, this.#freeMs);
    const bytesPerMs = shape.bytesPerSecond / 1000;
    const isCapped = Number.isFinite(bytesPerMs);
    if (isCapped && (startMs - nowMs) * bytesPerMs + bytes > shape.queueBytes) return undefined;
    if (isCapped) this.#freeMs = startMs + bytes / bytesPerMs;
    const sentMs = isCapped ? this.#freeMs : nowMs;
    this.#lastDueMs = Math.max(this.#lastDueMs, sentMs + shape.delayMs + jitterMs);
    return this.#lastDueMs;
  }
}
