// A failure as an error card shows it. Pure.
import { PoolError } from '../../protocol/errors.ts';

/** The three texts of an error card. */
export interface ShownError {
  code: string;
  message: string;
  next: string;
}

/** The next step that came with the error goes before the table's: it knows the case. */
export function showError(cause: unknown): ShownError {
  const { code, message, next, data } = PoolError.from(cause);
  // These speak to programs, too; a person at a page has a form.
  if (code === 'not-logged-in') return { code, message, next: 'Log in under Account, then try again.' };
  if (code === 'login-again') return { code, message, next: 'Write the password of this account, then try again.' };
  return { code, message, next: typeof data?.next === 'string' && data.next !== '' ? data.next : next };
}
