// Middleware that asks once more whether the caller still counts, once all of the request is there: it may have taken minutes
// to come in. What is written for good asks again, within its transaction.
import type { MiddlewareHandler } from 'hono';
import type { CallerEnv } from './require-caller.ts';

/** Behind `requireCaller` and what reads the body. Throws `not-logged-in`. */
export const confirmCaller: MiddlewareHandler<CallerEnv> = async (c, next) => {
  const isBodyTold = ['content-length', 'transfer-encoding'].some((name) => c.req.header(name) !== undefined);
  // Without a body it is as it was a moment ago.
  if (isBodyTold) await c.get('caller').confirm();
  await next();
};
