// Puts an answer together in OpenAI's words: whole, or as the chunks of a stream. No HTTP.
import { PoolError } from '../../protocol/errors.ts';
import type { Job } from '../jobs/job-types.ts';
import type { AnswerShape, ChoiceJson } from './answer-shape.ts';
import { CHAT_SHAPE } from './chat-shape.ts';
import { createCompletionShape } from './completion-shape.ts';
import { describeDone, usageJson } from './describe-answer.ts';
import { fingerprintOf } from './find-model.ts';
import type { Collected, FollowedUpdate } from './follow-job.ts';
import type { PreparedRequest } from './prepare-request.ts';

/** Which job gave it, and the seed that it was sampled with. */
type Answered = Pick<Job, 'id' | 'seed'>;

const shapeOf = ({ endpoint }: PreparedRequest): AnswerShape =>
  endpoint === '/v1/completions' ? createCompletionShape() : CHAT_SHAPE;

const envelope = (prepared: PreparedRequest, shape: AnswerShape, object: string, jobId: string) => ({
  id: `${shape.idPrefix}${jobId}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model: prepared.modelName,
  system_fingerprint: fingerprintOf(prepared.entry),
});

export function writeWhole(prepared: PreparedRequest, { id: jobId, seed }: Answered, { choices, done }: Collected) {
  const shape = shapeOf(prepared);
  const { logprobs } = prepared.order.request;
  const { ignored } = prepared;
  return {
    ...envelope(prepared, shape, shape.wholeObject, jobId),
    choices: choices.map((choice, index) => shape.whole(index, choice, logprobs !== undefined)),
    usage: usageJson(done.usage),
    computepool: describeDone(jobId, done, { seed, ignored, isMarket: prepared.entry.isMarket }),
  };
}

/**
 * JSON texts of chunks. What is only known at the end rides in the last one: the chunk with the usage where that was asked
 * for, else the last choice's finish, held back until then, because clients read `choices[0]` of every chunk.
 */
export async function* writeChunks(
  prepared: PreparedRequest,
  { id: jobId, seed }: Answered,
  updates: AsyncIterable<FollowedUpdate>,
): AsyncGenerator<string, void, undefined> {
  const shape = shapeOf(prepared);
  const { includeUsage, ignored } = prepared;
  const head = envelope(prepared, shape, shape.chunkObject, jobId);
  const chunk = (choices: ChoiceJson[], more: Record<string, unknown> = {}): string =>
    JSON.stringify({ ...head, choices, ...(includeUsage ? { usage: null } : {}), ...more });
  const { choices } = prepared.order.request;
  let lastFinish: ChoiceJson | undefined;
  let isOpened = false;
  for await (const update of updates) {
    if (!isOpened && (update.type === 'started' || update.type === 'delta' || update.type === 'finished')) {
      isOpened = true;
      for (let index = 0; index < choices; index += 1) {
        const opening = shape.opening(index);
        if (opening) yield chunk([opening]);
      }
    }
    if (update.type === 'delta') {
      const delta = shape.delta(update);
      if (delta) yield chunk([delta]);
    } else if (update.type === 'finished') {
      if (lastFinish) yield chunk([lastFinish]);
      lastFinish = shape.finish(update.choice, update.reason);
    } else if (update.type === 'done') {
      const last = { computepool: describeDone(jobId, update, { seed, ignored, isMarket: prepared.entry.isMarket }) };
      const finishes = lastFinish ? [lastFinish] : [];
      if (!includeUsage) yield chunk(finishes, last);
      else {
        yield chunk(finishes);
        yield chunk([], { usage: usageJson(update.usage), ...last });
      }
      return;
    }
  }
  throw new PoolError('internal', 'The job ended early.');
}
