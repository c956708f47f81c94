// The round trip of a link from single measurements. Pure.

/** The round trip is the least of so many samples: a worker that computes answers late, and that is not the wire's. */
const RTT_SAMPLES = 16;
/** What is longer than this, or negative, was not measured but made up. */
const MAX_SAMPLE_MS = 60_000;

/** Nobody is late by so little. */
const SHORT_MS = 30;

export class RoundTrip {
  /** Milliseconds; 0 until the first sample. */
  ms = 0;
  #samples: number[] = [];
  #count = 0;

  /**
   * Whether it may be told to others. A worker that loads answers late again and again: what looks long is believed when a
   * whole row of samples says so.
   */
  get isSure(): boolean {
    return this.#count >= RTT_SAMPLES || (this.#count > 0 && this.ms < SHORT_MS);
  }

  add(sampleMs: number): void {
    if (!(sampleMs >= 0 && sampleMs < MAX_SAMPLE_MS)) return;
    this.#count++;
    this.#samples = [...this.#samples, sampleMs].slice(-RTT_SAMPLES);
    this.ms = Math.min(...this.#samples);
  }
}
