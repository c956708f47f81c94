// A failure that is told in words: one sentence and the next step. Tools print it without a stack.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}
