// A failure as an error card shows it. Pure.
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import { pageStep } from './page-step.ts';

/** The three texts of an error card. */
export interface ShownError {
  code: string;
  message: string;
  next: string;
}

/** For these a page has a form, whatever came with the error. */
const FORMS: readonly ErrorCode[] = ['not-logged-in', 'login-again'];

/** The next step that came with the error goes before the table's: it knows the case. */
export function showError(cause: unknown): ShownError {
  const { code, message, next, data } = PoolError.from(cause);
  const own = typeof data?.next === 'string' && data.next !== '' && !FORMS.includes(code) ? data.next : next;
  return { code, message, next: pageStep({ code, next: own }) };
}
