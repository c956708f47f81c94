// One request to the site's HTTP API: JSON out, parsed JSON in, typed errors. Sends the login cookie, keeps nothing.
import { PoolError } from '../../protocol/errors.ts';
import { readFailure } from './read-failure.ts';

/** What an answer must be: a schema, or what stands for one. */
export interface Shape<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

export interface ApiCall {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** Passwords are hashed slowly on purpose, and a pool's graph may be read from the hub first. */
const CALL_TIMEOUT_MS = 30_000;

/** Throws `PoolError`: the server's own, `link-failed` when it cannot be reached, `bad-message` for a strange answer. */
export async function callApi<T>(path: string, shape: Shape<T>, call: ApiCall = {}): Promise<T> {
  const { method = 'GET', body, signal } = call;
  const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const unanswered = (cause: unknown): never => {
    if (signal?.aborted) throw new PoolError('cancelled', 'The page went on without the answer.', { cause });
    throw new PoolError('link-failed', 'The server did not answer.', {
      cause,
      data: { next: 'Check that the server runs and that this device is online, then try again.' },
    });
  };
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  }).catch(unanswered);
  // What is no JSON was answered all the same. Else the connection ended before the answer did.
  const noJson = (cause: unknown) => (cause instanceof SyntaxError ? undefined : unanswered(cause));
  const value: unknown = response.status === 204 ? null : await response.json().catch(noJson);
  if (!response.ok) throw readFailure(value, response.status);
  const result = shape.safeParse(value);
  if (!result.success) throw new PoolError('bad-message', 'The server’s answer has a field that does not fit.');
  return result.data;
}
