// The one vocabulary of failures. A typed error crosses worker, wire and HTTP as {code, message, data} and is
// rebuilt on the far side, never flattened to a string.
import { ERROR_CODES, type ErrorCode, type ErrorKind, type ErrorSubject } from './error-codes.ts';

export { ERROR_CODES, type ErrorCode, type ErrorKind, type ErrorRow } from './error-codes.ts';

/** A runtime's own message may be a page long; control messages and frames take no more than this. */
const MAX_MESSAGE_CHARS = 500;

/** The plain form of an error on the wire. `data` is JSON. */
export interface ErrorShape {
  code: ErrorCode;
  message: string;
  data?: Record<string, unknown>;
}

/**
 * A failure with a code, one sentence and a next step.
 *
 * @example
 * throw new PoolError('no-stages', 'No tab serves this model yet.');
 */
export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: ErrorCode;
  readonly data: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: { data?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
  }

  /** HTTP status for this code. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  /** What may be done about it. */
  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  /** What it befell. */
  get subject(): ErrorSubject {
    return ERROR_CODES[this.code].subject;
  }

  /** What the person who sees this can do next. */
  get next(): string {
    return ERROR_CODES[this.code].next;
  }

  toShape(): ErrorShape {
    const message = this.message.slice(0, MAX_MESSAGE_CHARS);
    return this.data ? { code: this.code, message, data: this.data } : { code: this.code, message };
  }

  /** Rebuilds an error from whatever arrived. Unknown codes become `internal` and keep their text. */
  static from(value: unknown): PoolError {
    if (value instanceof PoolError) return value;
    if (isErrorShape(value)) {
      return new PoolError(value.code, value.message, value.data ? { data: value.data } : {});
    }
    if (value instanceof Error) return new PoolError('internal', value.message || value.name, { cause: value });
    return new PoolError('internal', typeof value === 'string' ? value : 'An unknown failure.');
  }
}

function isErrorShape(value: unknown): value is ErrorShape {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, data } = value as Record<string, unknown>;
  const dataFits = data === undefined || (typeof data === 'object' && data !== null && !Array.isArray(data));
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) && typeof message === 'string' && dataFits;
}
