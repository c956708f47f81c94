// What a failed answer of the site's HTTP API means. Pure: body and status in, a typed error out.
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';

/** Codes for answers that are not in our shape, e.g. of a proxy between page and server. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'not-logged-in';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'shutting-down' : 'bad-request';
}

/** The server's own next step is kept in `data.next`; a code of another version is read off the status. */
export function readFailure(body: unknown, status: number): PoolError {
  const ours = readError(body);
  if (!ours) return new PoolError(codeOfStatus(status), `The server answered with status ${status}.`);
  const { code, message, next, data } = ours;
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : codeOfStatus(status);
  return new PoolError(known, message, { data: { ...data, next } });
}

const MAX_TEXT_CHARS = 500;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_TEXT_CHARS;
const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body of an error as `protocol/http/error.ts` has it, without its schema: pages read this before anything is pressed. */
function readError(body: unknown) {
  const error = isFields(body) ? body.error : undefined;
  if (!isFields(error)) return undefined;
  const { code, message, next, data } = error;
  const isOurs = typeof code === 'string' && isText(message) && isText(next) && (data === undefined || isFields(data));
  return isOurs ? { code, message, next, data } : undefined;
}
