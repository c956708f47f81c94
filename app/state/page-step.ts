// What a person at a page can do about a failure, in English. The table of errors speaks to programs as well, of routes, parameters
// and options; a page has forms and buttons. Pure. In the person's own language: tell-error.ts.
import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.ts';
import { englishErrors } from '../text/english/errors.ts';

/** A step that came with the error itself knows the case, and stays. */
export function pageStep({ code, next }: { code: string; next: string }): string {
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined;
  return known && next === ERROR_CODES[known].next ? (englishErrors.step[known] ?? next) : next;
}
