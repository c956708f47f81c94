// What a failed answer of the site's HTTP API means. Pure: body and status in, a typed error or a shown one out.
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { ShownError } from '../chat/conversation.ts';

/** Longest text of a server that a page shows: whatever answers there may not be ours. */
const MAX_TEXT_CHARS = 500;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT_CHARS) : undefined;

/** Codes for answers that are not in our shape, e.g. of a proxy between page and server. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'not-logged-in';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'shutting-down' : 'bad-request';
}

/** Reads `{error: {code, message, next}}`. The server's own next step is kept in `data.next`. */
export function readFailure(body: unknown, status: number): PoolError {
  const { code, message, next } = (body as { error?: Record<string, unknown> } | null)?.error ?? {};
  const step = text(next);
  const known = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined;
  return new PoolError(
    known ?? codeOfStatus(status),
    text(message) ?? `The server answered with status ${status}.`,
    step ? { data: { next: step } } : {},
  );
}

/** The three texts of an error card. The server's next step goes before the table's: it knows the case. */
export function showError(cause: unknown): ShownError {
  const { code, message, next, data } = PoolError.from(cause);
  // Both speak to programs here, which send a key; a person at a page logs in.
  if (code === 'not-logged-in') return { code, message, next: 'Log in under Account, then try again.' };
  return { code, message, next: text(data?.next) ?? next };
}
