// What a job tells its caller, as a stream that is read once. Bounded: a caller that does not read is told so and let go.
import { PoolError } from '../../protocol/errors.ts';
import type { JobUpdate } from './job-types.ts';

/** More than the tokens of any answer and the places of any queue: only a caller that stopped reading gets here. */
const MAX_UNREAD = 200_000;

export class JobStream implements AsyncIterable<JobUpdate> {
  readonly #unread: JobUpdate[] = [];
  #end: { error?: PoolError } | undefined;
  #wake: (() => void) | undefined;
  #isRead = false;

  get ended(): boolean {
    return this.#end !== undefined;
  }

  push(update: JobUpdate): void {
    if (this.#end) return;
    if (this.#unread.length >= MAX_UNREAD) this.fail(new PoolError('too-large', 'The answer is not being read.'));
    else this.#unread.push(update);
    this.#wake?.();
  }

  /** What was pushed is still read; then the stream ends. */
  end(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** What was pushed is still read; then the reader gets this error. */
  fail(error: PoolError): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JobUpdate> {
    if (this.#isRead) throw new PoolError('internal', 'A job’s updates are read once.');
    this.#isRead = true;
    for (;;) {
      // All that is there at once: taking the first of a long list moves the rest of it each time.
      for (const update of this.#unread.splice(0)) yield update;
      if (this.#unread.length > 0) continue;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
