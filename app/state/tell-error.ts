// A failure in the person's language: what happened and what to do. Programs speak English: where the person reads another language,
// what they said is told besides. Pure.
import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.ts';
import { errorText } from '../text/english/errors.ts';
import { pageStep } from './page-step.ts';
import type { ShownError } from './show-error.ts';

interface ToldError {
  what: string;
  step: string;
  /** The program's own English words; undefined where `what` and `step` are these. */
  said?: string;
}

export function tellError(error: ShownError): ToldError {
  const { message } = error;
  const step = pageStep(error);
  // One of another version of the server.
  const code = Object.hasOwn(ERROR_CODES, error.code) ? (error.code as ErrorCode) : 'internal';
  const what = errorText.what[code];
  if (what === undefined) return { what: message, step };
  return { what, step: errorText.step[code] ?? step, said: `${message} ${step}` };
}
