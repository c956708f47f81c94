// A mistake of whoever started a program, in words for them: told without a stack. Never holds a secret.

/** One line per mistake, each with what to do next. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
