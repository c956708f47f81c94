// What a person at a page can do about a failure. The table of errors speaks to programs as well, of routes, parameters and options;
// a page has forms and buttons. Pure.
import { ERROR_CODES, type ErrorCode } from '../../protocol/errors.ts';

const STEPS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'bad-request': 'Correct what was entered, then try again.',
  'not-logged-in': 'Log in under Account, then try again.',
  'login-required': 'Log in under Account for this.',
  'login-again': 'Write the password of this account, then try again.',
  'host-refused': 'Open this site by its usual name; whoever runs the server may allow this one.',
  'model-unsupported': 'Choose another model: one that writes text, in the layout of the onnx-community.',
  'no-stages': 'Lend a tab on the page Join, or wait until somebody does; then ask again.',
  conflict: 'Reload the page to see how it is now, then try again.',
  'unsupported-media': 'Reload the page: its version may be older than the server.',
  'unsupported-parameter': 'Reload the page: its version may be older than the server.',
  'insufficient-credits': 'Lend a GPU on the page Join to earn credits, or allow fewer tokens in the settings.',
  'payment-required': 'Ask another pool here: this one is paid by programs, for each answer.',
  'payment-rejected': 'Ask another pool here: this one is paid by programs, for each answer.',
  'quote-expired': 'Ask another pool here: this one is paid by programs, for each answer.',
  'deposit-spent': 'Ask another pool here: this one is paid by programs, for each answer.',
  'payout-required': 'Press Leave, write the address that USDC is to be paid to, then lend this tab again.',
  'queue-full': 'Wait a moment, then ask again.',
};

/** A step that came with the error itself knows the case, and stays. */
export function pageStep({ code, next }: { code: string; next: string }): string {
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined;
  return known && next === ERROR_CODES[known].next ? (STEPS[known] ?? next) : next;
}
