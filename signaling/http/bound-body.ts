// Middleware that reads at most so many bytes of a body, and hands them on. hono's own body limit cannot be used: for a body
// of no told length it builds a new Request from the Node server's light one, which Node's `Request` does not take.
import type { Context, Env, MiddlewareHandler } from 'hono';
import { PoolError } from '../../protocol/errors.ts';

/** Room for what a request holds in memory. `take` may throw: then nothing more of the body is read. */
interface Hold {
  take(bytes: number): void;
  release(): void;
}

/**
 * Throws `too-large`, before reading where the length was told.
 *
 * @param open room for the request's bytes, from the first one that is read until it is answered.
 */
export const boundBody =
  <E extends Env>(mostBytes: number, open?: (c: Context<E>) => Hold): MiddlewareHandler<E> =>
  async (c, next) => {
    const hold = open?.(c);
    try {
      const bytes = await readBody(c, mostBytes, hold);
      // Where hono itself keeps what was read: every later read of any kind begins here.
      // It keeps promises, though its type says values.
      c.req.bodyCache.arrayBuffer = Promise.resolve(bytes) as unknown as ArrayBuffer;
      await next();
    } finally {
      hold?.release();
    }
  };

async function readBody(c: Context, mostBytes: number, hold: Hold | undefined): Promise<ArrayBuffer> {
  const encoding = c.req.header('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    // What would be read is not what was meant, and unpacking a stranger's archive has no bound.
    throw new PoolError(
      'unsupported-media',
      `A body may not be sent with Content-Encoding '${encoding.slice(0, 40)}'.`,
    );
  }
  const refuse = (why: unknown): never => {
    // The rest is not read: the connection cannot be used again.
    c.header('Connection', 'close');
    throw why;
  };
  const tooLarge = (): PoolError =>
    new PoolError('too-large', `A body may have at most ${mostBytes} bytes.`, { data: { mostBytes } });
  if (Number(c.req.header('content-length') ?? 0) > mostBytes) refuse(tooLarge());
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = c.req.raw.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(hungUp)) ?? { done: true, value: undefined };
    if (done) break;
    size += value.byteLength;
    try {
      if (size > mostBytes) throw tooLarge();
      hold?.take(value.byteLength);
    } catch (why) {
      void reader?.cancel().catch(() => {});
      refuse(why);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole.buffer;
}

/** Nobody reads the answer, but the log does: a caller that goes is no fault of the server. */
function hungUp(cause: unknown): never {
  throw new PoolError('cancelled', 'The caller hung up before its request was whole.', { cause });
}
