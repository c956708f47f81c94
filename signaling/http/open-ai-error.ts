// The one table from our errors to OpenAI's: status, `type`, `code`, and when to come back. Says nothing of a stack or of
// the server's insides.
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';

export interface OpenAiErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

export interface OpenAiError {
  status: number;
  body: OpenAiErrorBody;
  headers: Record<string, string>;
}

interface Row {
  status?: number;
  type?: string;
  /** null: OpenAI sends none either. */
  code?: string | null;
  /** Seconds until another try may succeed. */
  retryAfterSeconds?: number;
  /** For a program, where our own word is for a person before a page. */
  next?: string;
  /** Tells the official client not to try again by itself. */
  isFinal?: true;
}

/** What a tab failed at is nothing that a program could mend. */
const AGAIN = 'Ask again.';

/**
 * Where OpenAI has a word for it, its word; else our code with `_` for `-`. `insufficient-credits` is 429
 * `insufficient_quota` as at OpenAI and not 402, because its clients show that as a lack of quota; they are told not to
 * retry. `cancelled` is only ever sent when the server itself cancelled: whoever hung up hears nothing.
 */
const TABLE: Partial<Record<ErrorCode, Row>> = {
  'bad-request': { code: null },
  'not-authentic': { code: 'invalid_api_key', next: 'Send a key that is known here.' },
  'not-logged-in': { code: 'invalid_api_key' },
  banned: { type: 'permission_error' },
  forbidden: { type: 'permission_error', code: 'insufficient_permissions' },
  'host-refused': { isFinal: true },
  'model-not-found': { code: 'model_not_found' },
  'context-exceeded': { code: 'context_length_exceeded' },
  'too-large': { code: 'request_too_large' },
  'insufficient-credits': { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', isFinal: true },
  conflict: { isFinal: true },
  'key-reused': { isFinal: true },
  'answer-gone': { isFinal: true },
  'rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded', retryAfterSeconds: 5 },
  'queue-full': { retryAfterSeconds: 5 },
  'sessions-full': { retryAfterSeconds: 5 },
  'shutting-down': { retryAfterSeconds: 5 },
  'no-stages': { retryAfterSeconds: 10 },
  'stage-left': { retryAfterSeconds: 2 },
  'device-lost': { retryAfterSeconds: 2, next: AGAIN },
  'lap-timeout': { retryAfterSeconds: 2 },
  'link-failed': { retryAfterSeconds: 2, next: AGAIN },
  unavailable: { retryAfterSeconds: 5 },
  'payment-required': { type: 'payment_required', isFinal: true },
  'payment-rejected': { type: 'payment_required', isFinal: true },
  'quote-expired': { type: 'payment_required', isFinal: true },
  'deposit-spent': { type: 'payment_required', isFinal: true },
  'chain-unreachable': { retryAfterSeconds: 10 },
  cancelled: { status: 503, retryAfterSeconds: 2, next: AGAIN },
  'bad-frame': { next: AGAIN },
  'bad-message': { next: AGAIN },
  'version-mismatch': { next: AGAIN },
  'manifest-mismatch': { next: AGAIN },
  'download-failed': { next: AGAIN },
  'download-truncated': { next: AGAIN },
  'integrity-failed': { next: AGAIN },
  'out-of-memory': { next: AGAIN },
  'backend-unavailable': { next: AGAIN },
  'ticket-refused': { next: AGAIN },
  internal: { code: 'internal_error', next: AGAIN },
};

/** When to come back (RFC 9110, 10.2.3): what the error says, else the table; nothing where trying again helps nobody. */
export function retryAfter({ code, data }: PoolError): { 'Retry-After'?: string } {
  const said = data?.retryAfterSeconds;
  const seconds = typeof said === 'number' ? said : TABLE[code]?.retryAfterSeconds;
  return seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}

/** `error.data`: `param` names the field, `code` a word of OpenAI's, `retryAfterSeconds` overrides the table. */
export function toOpenAiError(thrown: unknown): OpenAiError {
  const error = PoolError.from(thrown);
  const row = TABLE[error.code] ?? {};
  const status = row.status ?? ERROR_CODES[error.code].status;
  const { param, code } = error.data ?? {};
  const headers = { ...retryAfter(error), ...(row.isFinal ? { 'x-should-retry': 'false' } : {}) };
  return {
    status,
    headers,
    body: {
      error: {
        message: `${error.code === 'internal' ? 'The server failed.' : error.message} ${row.next ?? error.next}`,
        type: row.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
        param: typeof param === 'string' ? param : null,
        code: typeof code === 'string' ? code : row.code === undefined ? error.code.replaceAll('-', '_') : row.code,
      },
    },
  };
}
