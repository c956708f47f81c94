// A mistake of whoever started the server, in words for them. Never holds a secret.

/** One line per mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
