// Reads byte spans of a remote file to the end, over as many connections as it takes. What arrived is never thrown
// away: a broken body is continued from its next byte. Bounded in tries, in waiting and in memory (one span).
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { ByteRange } from './byte-range.ts';
import { type RangeAnswer, type RemoteFile, requestRange, type Transport } from './request-range.ts';
import { backoffMs, cancelled, PassingFailure, sleep } from './retry-policy.ts';
import { SpanCursor } from './span-cursor.ts';

/** Bound on counting a file whose server tells no size: such files are small ones made on the fly. */
const MAX_UNSIZED_BYTES = 64 * 1024 * 1024;

export interface StreamOptions {
  transport: Transport;
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes each time something came over the network. */
  onNetworkBytes?: ((bytes: number) => void) | undefined;
}

const NO_BODY = Promise.resolve({ done: true as const, value: undefined });

/** Takes a finished span. The body is not read on until it has resolved, which bounds what is held. */
type OnSpan = (index: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

/**
 * Gives `onSpan` each span that was read: the first one from a server that knows Range; all of them, in a single pass
 * that skips what lies between, from one that sends the whole file whatever is asked.
 *
 * @param spans ascending, not overlapping. Cut at the end of a file whose size was not known.
 * @returns how many spans were given out: at least the first.
 * @throws PoolError; `download-truncated` when bodies kept ending early, `cancelled` when the signal fired.
 */
export async function streamSpans(
  remote: RemoteFile,
  spans: readonly ByteRange[],
  onSpan: OnSpan,
  options: StreamOptions,
): Promise<number> {
  const { retry } = options.transport;
  const cursor = new SpanCursor(spans);
  let failedTries = 0;
  while (cursor.finished === 0 || (remote.ignoresRanges === true && !cursor.isDone)) {
    if (options.signal?.aborted) throw cancelled(options.signal);
    const spansBefore = cursor.finished;
    const before = cursor.position;
    try {
      await readOnce(remote, cursor, onSpan, options);
    } catch (error) {
      if (options.signal?.aborted) throw cancelled(options.signal);
      if (!(error instanceof PassingFailure)) throw error;
      const hasProgress = cursor.finished > spansBefore || cursor.position - before >= retry.progressBytes;
      failedTries = hasProgress ? 1 : failedTries + 1;
      if (failedTries >= retry.maxTries) throw giveUp(remote, error, failedTries, cursor);
      await sleep(error.waitMs ?? backoffMs(retry, failedTries), options.signal);
    }
  }
  return cursor.finished;
}

function giveUp(remote: RemoteFile, error: PassingFailure, tries: number, cursor: SpanCursor): PoolError {
  const data = { tries, nextByte: cursor.isDone ? null : cursor.position, url: remote.url };
  return new PoolError(error.code, `${error.message} Gave up after ${tries} tries.`, { data, cause: error });
}

/** One connection: asks from the next wanted byte and feeds the cursor until the body ends. */
async function readOnce(remote: RemoteFile, cursor: SpanCursor, onSpan: OnSpan, options: StreamOptions): Promise<void> {
  const { transport } = options;
  const idle = watchIdle(remote, transport.retry.idleTimeoutMs, options.signal);
  try {
    const answer = await idle.race(requestRange(remote, cursor.position, cursor.spanEnd, transport, idle.signal));
    if (remote.size !== undefined) cursor.clip(remote.size);
    const reader = answer.response.body?.getReader();
    try {
      const take = async () => {
        for (const { index, bytes } of cursor.takeFinished()) await onSpan(index, bytes);
        idle.touch();
      };
      const read = () =>
        idle.race(reader?.read() ?? NO_BODY).catch((error: unknown) => {
          throw idle.failure() ?? bodyBroke(remote, error);
        });
      if (remote.size !== 0) await readBody(remote, cursor, read, answer, options, take);
      await take();
    } finally {
      // Closes the connection of a body that is not read to its end; on an ended or failed one it does nothing.
      void reader?.cancel().catch(() => undefined);
    }
  } catch (error) {
    // What the taker of a span throws is its own: only silence on the line has the last word over other errors.
    throw idle.failure() ?? error;
  } finally {
    idle.stop();
  }
}

async function readBody(
  remote: RemoteFile,
  cursor: SpanCursor,
  read: () => Promise<ReadableStreamReadResult<Uint8Array>>,
  { bodyOffset, isWhole }: RangeAnswer,
  options: StreamOptions,
  take: () => Promise<void>,
): Promise<void> {
  const { meter } = options.transport;
  // A partial body must end with its span; a whole one with the file, where it is read that far.
  const bodyEnd = isWhole ? remote.size : Math.min(cursor.spanEnd, remote.size ?? cursor.spanEnd);
  let position = bodyOffset;
  for (;;) {
    // A whole body that has more file to come is left here; otherwise the end is waited for, and must be the end.
    if (isWhole && cursor.isDone && bodyEnd !== undefined && position < bodyEnd) return;
    const { done, value } = await read();
    if (done) break;
    meter.networkBytes += value.length;
    options.onNetworkBytes?.(value.length);
    if (position + value.length > (bodyEnd ?? MAX_UNSIZED_BYTES)) throw tooLong(remote);
    cursor.accept(position, value);
    position += value.length;
    await take();
  }
  if (bodyEnd === undefined) {
    remote.size = position;
    cursor.clip(position);
  } else if (position < bodyEnd) {
    throw bodyBroke(remote);
  }
}

function tooLong(remote: RemoteFile): PoolError {
  // Content-Length of a compressed body whose Content-Encoding CORS hides looks just like this.
  return new PoolError('integrity-failed', `The server sent more of ${remote.label} than it announced.`);
}

function bodyBroke(remote: RemoteFile, cause?: unknown): PassingFailure {
  const code: ErrorCode = 'download-truncated';
  return new PassingFailure(code, `The connection that brought ${remote.label} ended early.`, { cause });
}

/** Aborts a connection that is silent for too long, and passes the caller's abort on. */
function watchIdle(remote: RemoteFile, idleTimeoutMs: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let failure: PassingFailure | undefined;
  const expire = () => {
    failure = new PassingFailure('download-failed', `No byte of ${remote.label} came for ${idleTimeoutMs} ms.`);
    controller.abort(failure);
  };
  const onAbort = () => controller.abort(outer?.reason);
  outer?.addEventListener('abort', onAbort, { once: true });
  // Node's fetch can leave a read pending for ever when the abort meets the end of a body, so waits are raced with it.
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  let timer = setTimeout(expire, idleTimeoutMs);
  return {
    signal: controller.signal,
    race: <Value>(wait: Promise<Value>) => Promise.race([wait, aborted]),
    failure: () => failure,
    touch: () => {
      clearTimeout(timer);
      timer = setTimeout(expire, idleTimeoutMs);
    },
    stop: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
