// Server-sent events from an iterator of texts, at the reader's pace: nothing is pulled that the socket has no room for.
// Sends a comment when the iterator is silent, and tells it when the reader has gone.

export interface EventStreamOptions {
  /** Silence after which a comment is sent. */
  keepAliveMs: number;
  /** The reader went away, or reads no more. */
  onCancel(): void;
  /** The event that ends a stream whose iterator threw. */
  writeError(thrown: unknown): string;
}

const KEEP_ALIVE = ': keep-alive\n\n';

/** One `data:` event. `data` is JSON, which has no line breaks. */
export const dataEvent = (data: string): string => `data: ${data}\n\n`;

/** `events`: whole events, blank line included. */
export function eventStream(events: AsyncIterator<string>, options: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let pending: Promise<IteratorResult<string>> | undefined;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      pending ??= events.next();
      try {
        const result = await within(pending, options.keepAliveMs);
        // The reader went while this waited: its stream takes nothing any more.
        if (isCancelled) return;
        if (result === SILENCE) {
          controller.enqueue(encoder.encode(KEEP_ALIVE));
          return;
        }
        pending = undefined;
        if (result.done) controller.close();
        else controller.enqueue(encoder.encode(result.value));
      } catch (thrown) {
        if (isCancelled) return;
        // An error event, not a broken connection: the reader learns what happened.
        controller.enqueue(encoder.encode(options.writeError(thrown)));
        controller.close();
      }
    },
    cancel() {
      isCancelled = true;
      options.onCancel();
      pending?.catch(() => {});
      // Not awaited: a generator that is busy returns when its own wait ends, which `onCancel` has seen to.
      void events.return?.()?.catch(() => {});
    },
  });
}

export const SILENCE = Symbol('silence');

/** The promise's result, or SILENCE when it takes longer. */
export async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | typeof SILENCE> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<typeof SILENCE>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, SILENCE);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
