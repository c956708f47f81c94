// Gives every failure its answer, whoever threw it: OpenAI's shape under /v1, the platform's own elsewhere. Logs what nobody
// foresaw.
import type { Hook } from '@hono/zod-openapi';
import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { errorBodySchema } from '../../protocol/http/error.ts';
import type { Wire } from '../../protocol/http/shape.ts';
import { faultOf } from '../db/database-faults.ts';
import { retryAfter, toOpenAiError } from './open-ai-error.ts';

/** hono's own refusals in our words. */
export function toPoolError(thrown: unknown): PoolError {
  if (!(thrown instanceof HTTPException)) return faultOf(thrown);
  if (thrown.status === 413) return new PoolError('too-large', 'The body is larger than the limit.');
  if (thrown.status >= 500) return new PoolError('internal', thrown.message);
  if (thrown.status === 403) return new PoolError('forbidden', 'The request came from another site.');
  if (thrown.status === 415)
    return new PoolError('unsupported-media', 'This route takes no body of that Content-Type.');
  const message = thrown.message || 'The body is not valid JSON';
  return new PoolError('bad-request', /[.!?]$/.test(message) ? message : `${message}.`);
}

export interface AnswerErrorOptions {
  logger: Pick<Logger, 'error'>;
  /** Told of every answer that is an error. */
  onAnswered?(code: ErrorCode): void;
}

/** For the outermost app alone: whatever throws, and wherever, the path decides how the answer reads. */
export function answerError({ logger, onAnswered }: AnswerErrorOptions): ErrorHandler {
  return (thrown, c) => {
    const error = toPoolError(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'request failed');
    onAnswered?.(error.code);
    if (OPENAI_PATH.test(c.req.path)) {
      const { status, body, headers } = toOpenAiError(error);
      return jsonAnswer(c, body, status, headers);
    }
    return jsonAnswer(c, errorBody(error), error.status, retryAfter(error));
  };
}

/** Clients of OpenAI's API read what is below it. */
const OPENAI_PATH = /^\/v1(\/|$)/;

/** What `/api` says of a failure. Of one that nobody foresaw it says nothing. */
export function errorBody(error: PoolError): Wire<typeof errorBodySchema> {
  const { code, message, data } = error.toShape();
  if (code === 'internal') return { error: { code, message: 'The server failed.', next: error.next } };
  return { error: { code, message, ...(data ? { data } : {}), next: error.next } };
}

/** Keeps the headers that middleware set before the failure. */
function jsonAnswer(c: Context, body: unknown, status: number, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('Content-Type', 'application/json');
  return c.newResponse(JSON.stringify(body), status as 400);
}

interface Issue {
  path: PropertyKey[];
  message: string;
  code?: string | undefined;
  /** What each member of a union has against the value. */
  errors?: readonly (readonly Issue[])[] | undefined;
}

/** `messages[0].content`, as OpenAI writes it. */
export function paramOf(path: readonly PropertyKey[]): string | null {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? null : text.replace(/^\./, '').slice(0, 200);
}

/** The first thing that does not fit, as `bad-request` naming the field. */
export function issueError(issues: readonly Issue[]): PoolError {
  const first = issues[0] && mostTelling(issues[0]);
  const param = paramOf(first?.path ?? []);
  const what = first?.message ?? 'Invalid input';
  return new PoolError('bad-request', param ? `'${param}': ${what}.` : `${what}.`, { data: { param } });
}

/** The issue of that member of a union which the value was meant for: the one whose own type it has. */
function mostTelling(issue: Issue): Issue {
  const meant = issue.errors?.find(
    (member) => !member.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const [inner] = meant ?? [];
  if (!inner) return issue;
  return mostTelling({ ...inner, path: [...issue.path, ...inner.path] });
}

/** For `defaultHook`: a request that does not fit its schema throws, so that one place answers. */
// biome-ignore lint/suspicious/noExplicitAny: one hook for groups that differ in what their middleware hands on
export const throwIssue: Hook<unknown, any, any, any> = (result) => {
  if (!result.success) throw issueError(result.error.issues);
};
