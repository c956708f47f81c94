// Failures in words. The program's own, of protocol/error-codes.ts, are English: an English page words otherwise only what speaks of
// routes and parameters there, since a page has forms and buttons.
import type { ErrorCode } from '../../../protocol/errors.ts';
import { catalogue } from '../catalogue.ts';

type ByCode = Partial<Record<ErrorCode, string>>;

export type ErrorTexts = {
  retry: string;
  /** Opens the program's own words, which are in English. */
  ownWords: string;
  /** What happened; where there is none, the program's own words say it. */
  what: ByCode;
  /** What a person can do; where there is none, as the table of errors says. */
  step: ByCode;
};

const reload = 'Reload the page: its version may be older than the server.';

export const englishErrors: ErrorTexts = {
  retry: 'Try again',
  ownWords: 'In the program’s own words',
  what: {},
  step: {
    'bad-request': 'Correct what was entered, then try again.',
    'not-logged-in': 'Log in under Account, then try again.',
    'login-required': 'Log in under Account for this.',
    'login-again': 'Write the password of this account, then try again.',
    'host-refused': 'Open this site by its usual name; whoever runs the server may allow this one.',
    'model-unsupported': 'Choose another model: one that writes text, in the layout of the onnx-community.',
    'no-stages': 'Lend a tab on the page Lend, or wait until somebody does; then ask again.',
    conflict: 'Reload the page to see how it is now, then try again.',
    'key-reused': 'Ask again.',
    'answer-gone': 'Ask again: the answer is then computed once more.',
    'unsupported-media': reload,
    'unsupported-parameter': reload,
    'insufficient-credits': 'Lend a GPU on the page Lend to earn credits, or allow fewer tokens in the settings.',
    'payment-required': 'Pay for it beside the conversation, or ask another pool.',
    'payment-rejected': 'Pay for it anew beside the conversation, or ask another pool.',
    'quote-expired': 'Take a new offer: nothing was paid.',
    'deposit-spent': 'Pay in more beside the conversation, or allow fewer tokens in the settings.',
    'payout-required': 'Press Leave, write the address that USDC is to be paid to, then lend this tab again.',
    'queue-full': 'Wait a moment, then ask again.',
  },
};

export const errorText = catalogue('errors', englishErrors);
