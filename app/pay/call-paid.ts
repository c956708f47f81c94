// The server's own words for paid sessions, as functions: an offer, a payment, how a session stands, its end, its log.
import type * as z from 'zod/mini';
import { ERROR_CODES, type ErrorCode, PoolError } from '../../protocol/errors.ts';
import {
  failureSchema,
  type LogRow,
  logSchema,
  openedSchema,
  type PaidSession,
  type Pending,
  paidSessionSchema,
  type ReadWorkflow,
  type Required,
  type Requirements,
  readWorkflowsSchema,
  requiredSchema,
  workflowsSchema,
} from './shapes.ts';

export const SESSIONS = '/v1/computepool/sessions';

export interface Offer {
  required: Required;
  accepted: Requirements;
  /** Where it was asked for, and how: the payment goes there with the same. */
  path: string;
  body: string;
  /** The server's clock when it was made, and this page's. */
  serverSeconds: number;
  askedMs: number;
}

const TIMEOUT_MS = 30_000;
/** A payment is answered when it is mined and confirmed. */
const PAY_TIMEOUT_MS = 150_000;

const bearer = (key: string | undefined): Record<string, string> => (key ? { Authorization: `Bearer ${key}` } : {});

/** Throws `link-failed` where nobody answers. */
async function call(path: string, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Response> {
  return fetch(path, { ...init, credentials: 'omit', signal: AbortSignal.timeout(timeoutMs) }).catch((cause) => {
    throw new PoolError('link-failed', 'The server did not answer.', { cause });
  });
}

/** What is asked for, not paid yet. `key`: of the session that it is more money for. */
export async function askOffer(path: string, wish: object, key?: string): Promise<Offer> {
  const body = JSON.stringify(wish);
  const headers = { 'Content-Type': 'application/json', ...bearer(key) };
  const response = await call(path, { method: 'POST', headers, body });
  const header = response.headers.get('payment-required');
  if (response.status !== 402 || header === null) throw await failureOf(response);
  const required = requiredSchema.parse(JSON.parse(new TextDecoder().decode(bytesOf(header))));
  const serverSeconds = Math.floor(Date.parse(response.headers.get('date') ?? '') / 1000);
  return {
    ...{ required, accepted: required.accepts[0]!, path, body },
    serverSeconds: Number.isFinite(serverSeconds) ? serverSeconds : Math.floor(Date.now() / 1000),
    askedMs: performance.now(),
  };
}

/** The session that a payment has opened, with its key; of one that topped a session up, without. */
export async function sendPayment(pending: Pending, key?: string): Promise<{ session: PaidSession; key?: string }> {
  const headers = {
    ...{ 'Content-Type': 'application/json', 'PAYMENT-SIGNATURE': pending.header, 'Idempotency-Key': pending.repeat },
    ...bearer(key),
  };
  const response = await call(pending.path, { method: 'POST', headers, body: pending.body }, PAY_TIMEOUT_MS);
  if (!response.ok) throw await failureOf(response);
  if (response.status !== 201) return { session: await parsed(response, paidSessionSchema) };
  const { key: made, ...session } = await parsed(response, openedSchema);
  return { session, key: made };
}

export const readSession = (id: string, key: string): Promise<PaidSession> => read(`${SESSIONS}/${id}`, key, 'GET');

export const endSession = (id: string, key: string): Promise<PaidSession> => read(`${SESSIONS}/${id}`, key, 'DELETE');

export async function readLog(id: string, key: string): Promise<LogRow[]> {
  const response = await call(`${SESSIONS}/${id}/log`, { headers: bearer(key) });
  if (!response.ok) throw await failureOf(response);
  return (await parsed(response, logSchema)).data;
}

/** Its transitions, for whoever wants to send some of them itself. */
export async function readWorkflows(id: string, key: string): Promise<unknown[]> {
  const response = await call(`${SESSIONS}/${id}/workflows`, { headers: bearer(key) });
  if (!response.ok) throw await failureOf(response);
  return (await parsed(response, workflowsSchema)).data;
}

/** What workflows of a file would do, each. Throws `bad-request` where one is none of this session's. */
export async function checkWorkflows(id: string, key: string, workflows: readonly unknown[]): Promise<ReadWorkflow[]> {
  const headers = { 'Content-Type': 'application/json', ...bearer(key) };
  const body = JSON.stringify({ workflows });
  const response = await call(`${SESSIONS}/${id}/workflows`, { method: 'POST', headers, body });
  if (!response.ok) throw await failureOf(response);
  return (await parsed(response, readWorkflowsSchema)).data;
}

async function read(path: string, key: string, method: string): Promise<PaidSession> {
  const response = await call(path, { method, headers: bearer(key) });
  if (!response.ok) throw await failureOf(response);
  return parsed(response, paidSessionSchema);
}

async function parsed<T>(response: Response, schema: z.ZodMiniType<T>): Promise<T> {
  const result = schema.safeParse(await response.json().catch(() => undefined));
  if (result.success) return result.data;
  throw new PoolError('bad-message', 'The server’s answer has a field that does not fit.');
}

/** `/v1` speaks in OpenAI's words; its codes are ours, written with `_`. */
export async function failureOf(response: Response): Promise<PoolError> {
  return failureIn(await response.json().catch(() => undefined), response.status);
}

export function failureIn(body: unknown, status: number): PoolError {
  const { data } = failureSchema.safeParse(body);
  const code = (data?.error.code ?? '').replaceAll('_', '-');
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : codeOf(status);
  return new PoolError(known, data?.error.message ?? `The server answered with status ${status}.`);
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'not-logged-in';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 429) return 'rate-limited';
  return status >= 500 ? 'shutting-down' : 'bad-request';
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
