// Collects wanted byte spans out of a stream that is read in order, possibly in several connections. Pure: no I/O.
// Bytes outside the spans are skipped without being held.
import { PoolError } from '../../protocol/errors.ts';
import { allocate, type ByteRange } from './byte-range.ts';

export interface FinishedSpan {
  index: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Takes spans in ascending order that do not overlap. Holds one unfinished span, and finished ones until taken. */
export class SpanCursor {
  #spans: ByteRange[];
  #index = 0;
  #filled = 0;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #finished: FinishedSpan[] = [];

  constructor(spans: readonly ByteRange[]) {
    this.#spans = spans.map((span) => ({ ...span }));
    this.#finishSpans();
  }

  get isDone(): boolean {
    return this.#index >= this.#spans.length;
  }

  /** How many spans are complete. */
  get finished(): number {
    return this.#index;
  }

  /** First byte that is still wanted; Infinity when nothing is. */
  get position(): number {
    const span = this.#spans[this.#index];
    return span ? span.offset + this.#filled : Number.POSITIVE_INFINITY;
  }

  /** One past the last byte of the span that `position` is in. */
  get spanEnd(): number {
    const span = this.#spans[this.#index];
    return span ? span.offset + span.length : Number.POSITIVE_INFINITY;
  }

  /** Cuts the unfinished spans at the end of the file, once its size is known. */
  clip(sizeBytes: number): void {
    for (const span of this.#spans.slice(this.#index)) {
      span.length = Math.max(0, Math.min(span.length, sizeBytes - span.offset));
    }
    const length = this.#spans[this.#index]?.length ?? 0;
    if (this.#buffer && this.#buffer.length > length) this.#buffer = this.#buffer.slice(0, length);
    this.#finishSpans();
  }

  /**
   * Takes a chunk whose first byte is at `offset` of the file, at or before `position`.
   *
   * @returns how many of its bytes were wanted.
   */
  accept(offset: number, chunk: Uint8Array): number {
    let kept = 0;
    while (!this.isDone) {
      const from = this.position - offset;
      if (from < 0) throw new PoolError('internal', 'A chunk begins after the byte that is wanted next.');
      const length = Math.min(this.spanEnd - this.position, chunk.length - from);
      if (length <= 0) break;
      this.#buffer ??= allocate(this.#spans[this.#index]?.length ?? 0);
      this.#buffer.set(chunk.subarray(from, from + length), this.#filled);
      this.#filled += length;
      kept += length;
      this.#finishSpans();
    }
    return kept;
  }

  /** Gives the finished spans out, once each. */
  takeFinished(): FinishedSpan[] {
    return this.#finished.splice(0);
  }

  #finishSpans(): void {
    for (let span = this.#spans[this.#index]; span && this.#filled >= span.length; span = this.#spans[this.#index]) {
      this.#finished.push({ index: this.#index, bytes: this.#buffer ?? allocate(0) });
      this.#buffer = undefined;
      this.#filled = 0;
      this.#index += 1;
    }
  }
}
