// What a failed answer of the site's HTTP API means. Pure: body and status in, a typed error out.
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';
import { errorBodySchema } from '../../protocol/http/error.ts';

/** Codes for answers that are not in our shape, e.g. of a proxy between page and server. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'not-logged-in';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'shutting-down' : 'bad-request';
}

/** The server's own next step is kept in `data.next`; a code of another version is read off the status. */
export function readFailure(body: unknown, status: number): PoolError {
  const { data: ours } = errorBodySchema.safeParse(body);
  if (!ours) return new PoolError(codeOfStatus(status), `The server answered with status ${status}.`);
  const { code, message, next, data } = ours.error;
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : codeOfStatus(status);
  return new PoolError(known, message, { data: { ...data, next } });
}
