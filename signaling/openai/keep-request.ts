// One completion that has a name of its asker's, an `Idempotency-Key`: it goes on to its end whoever hangs up, and is given to each
// who asks the same under the same name, from its start or, by `Last-Event-ID`, from where one of them was. Computed and billed
// once.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { PoolError } from '../../protocol/errors.ts';
import type { Caller } from '../http/api-types.ts';
import type { LogReader } from './answer-log.ts';
import { beginAnswer, errorEvent, type RunContext } from './begin-answer.ts';
import type { KeptAnswer, KeptAnswers, Named } from './kept-answers.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { orderOf, sendEvents, setHeaders } from './run-request.ts';

export interface KeepContext extends RunContext {
  kept: KeptAnswers;
}

/** Digits of a job's id that its events bear: enough that no event of another one is taken for its own. */
const JOB_DIGITS = 8;

/** The name of a request, if its asker gave it one. Its body was read before. Throws `bad-request` for a place in an unnamed stream. */
export async function nameOf(c: Context): Promise<Omit<Named, 'owner'> | undefined> {
  const key = c.req.header('idempotency-key');
  if (key === undefined) {
    if (c.req.header('last-event-id') === undefined) return undefined;
    throw badPlace('is heeded only beside the Idempotency-Key that the stream was asked with');
  }
  const hash = createHash('sha256').update(`${c.req.path}\n`);
  return { key, request: hash.update(new Uint8Array(await c.req.arrayBuffer())).digest('base64url') };
}

/**
 * What its owner was, or is being, answered under this name; undefined where it is new. `confirm`: that whoever asks may still have
 * it. Throws `key-reused`, `answer-gone`.
 */
export async function giveAgain(
  c: Context,
  named: Named,
  confirm: () => Promise<void>,
  { kept, ...context }: KeepContext,
): Promise<Response | undefined> {
  const before = kept.find(named);
  if (before) {
    await confirm();
    return give(c, before, context);
  }
  // Computed anew it might be cut into other events: what follows on the one that was had is known no more.
  if (c.req.header('last-event-id') !== undefined) throw gone();
  return undefined;
}

/** Begins it, or joins whoever did so in between. Rejects with a `PoolError` while nothing has been sent. */
export async function keepRequest(
  c: Context,
  prepared: PreparedRequest,
  caller: Pick<Caller, 'owner' | 'confirm'>,
  name: Omit<Named, 'owner'>,
  { kept, ...context }: KeepContext,
): Promise<Response> {
  const named: Named = { ...name, owner: caller.owner };
  const before = kept.find(named);
  if (before) return give(c, before, context);
  const answer = kept.begin(named, prepared.isStream);
  // Before there is anything to read, so that nothing of it is let go of unread.
  const reader = answer.log.read(0);
  answer.begun = feed(kept, answer, orderedBegin(c, prepared, caller, { answer, context }), context);
  try {
    await answer.begun;
    return send(c, answer, reader, context);
  } catch (thrown) {
    setHeaders(c, answer.headers);
    throw thrown;
  }
}

function orderedBegin(
  c: Context,
  prepared: PreparedRequest,
  caller: Pick<Caller, 'owner' | 'confirm'>,
  { answer, context }: { answer: KeptAnswer; context: RunContext },
): () => ReturnType<typeof beginAnswer> {
  const order = orderOf(c, prepared, caller, context);
  const onJob = (headers: Record<string, string>): void => void Object.assign(answer.headers, headers);
  return () => beginAnswer(prepared, order, context, { signal: answer.cancel.signal, onJob });
}

/** Resolves when its first event, or all of it, is there. Where it fails before, its name is free again: nothing was billed. */
async function feed(
  kept: KeptAnswers,
  answer: KeptAnswer,
  begin: () => ReturnType<typeof beginAnswer>,
  { logger }: Pick<RunContext, 'logger'>,
): Promise<void> {
  try {
    const { headers, told } = await begin();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) answer.headers[name] = value;
    if (told.kind === 'stream') void follow(kept, answer, told.events, errorEvent(logger));
    else {
      kept.say(answer, JSON.stringify(told.json));
      kept.end(answer);
    }
  } catch (thrown) {
    kept.forget(answer);
    throw thrown;
  }
}

/** A failure is kept as the answer is: what was told of it is billed. Where nothing was, its name is free again. */
async function follow(
  kept: KeptAnswers,
  answer: KeptAnswer,
  events: AsyncGenerator<string, void, undefined>,
  writeError: (thrown: unknown) => string,
): Promise<void> {
  const idLine = (): string => `id: ${jobOf(answer)}-${answer.log.length}\n`;
  let isTold = false;
  try {
    for await (const event of events) {
      isTold = true;
      kept.say(answer, idLine() + event);
    }
  } catch (thrown) {
    const { reason } = answer.cancel.signal;
    kept.say(answer, idLine() + writeError(reason instanceof PoolError ? reason : thrown));
    if (!isTold) kept.forget(answer);
  }
  kept.end(answer);
}

async function give(c: Context, answer: KeptAnswer, context: RunContext): Promise<Response> {
  await answer.begun.catch((thrown) => {
    setHeaders(c, answer.headers);
    throw thrown;
  });
  const from = placeIn(answer, c.req.header('last-event-id'));
  if (from < answer.log.start) throw gone();
  c.header('idempotent-replayed', 'true');
  return send(c, answer, answer.log.read(from), context);
}

async function send(
  c: Context,
  answer: KeptAnswer,
  { events, leave }: LogReader,
  { limits, logger }: RunContext,
): Promise<Response> {
  setHeaders(c, answer.headers);
  if (answer.isStream) {
    return sendEvents(c, events, { keepAliveMs: limits.keepAliveMs, onCancel: leave, writeError: errorEvent(logger) });
  }
  const { value } = await events.next();
  leave();
  return c.body(value ?? '', 200, { 'Content-Type': 'application/json' });
}

/** The first event that is wanted. */
function placeIn(answer: KeptAnswer, last: string | undefined): number {
  if (last === undefined) return 0;
  if (!answer.isStream) throw badPlace('is of streams, and this answer is whole');
  const [, job, at = ''] = /^([0-9a-f]{8})-(\d{1,9})$/.exec(last) ?? [];
  if (job === undefined) throw badPlace('is none of this server’s');
  if (job !== jobOf(answer)) throw gone();
  const from = Number(at) + 1;
  if (from > answer.log.length) throw badPlace('is of an event that has not been told');
  return from;
}

const jobOf = ({ headers }: KeptAnswer): string => (headers['x-request-id'] ?? '').slice(0, JOB_DIGITS);

const badPlace = (why: string): PoolError =>
  new PoolError('bad-request', `The Last-Event-ID ${why}.`, { data: { param: 'last-event-id' } });

const gone = (): PoolError => new PoolError('answer-gone', 'This answer is not kept any more.');
