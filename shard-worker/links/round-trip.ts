// The round trip of a link from single measurements. Pure.

/** The round trip is the least of so many samples: a worker that computes answers late, and that is not the wire's. */
const RTT_SAMPLES = 16;
/** What is longer than this, or negative, was not measured but made up. */
const MAX_SAMPLE_MS = 60_000;

export class RoundTrip {
  /** Milliseconds; 0 until the first sample. */
  ms = 0;
  #samples: number[] = [];

  add(sampleMs: number): void {
    if (!(sampleMs >= 0 && sampleMs < MAX_SAMPLE_MS)) return;
    this.#samples = [...this.#samples, sampleMs].slice(-RTT_SAMPLES);
    this.ms = Math.min(...this.#samples);
  }
}
