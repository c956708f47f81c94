// Reads a job's updates and holds the service to its word: an answer either ends with a reason for every choice and a
// `done`, or it is an error. Never lets a broken stream look like an answer that stopped.
import { PoolError } from '../../protocol/errors.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Job, JobUpdate } from '../jobs/job-types.ts';

export type DoneUpdate = Extract<JobUpdate, { type: 'done' }>;
export type DeltaUpdate = Extract<JobUpdate, { type: 'delta' }>;
export type FinishReason = 'stop' | 'length';

export type FollowedUpdate =
  | Exclude<JobUpdate, { type: 'finished' | 'done' }>
  | { type: 'finished'; choice: number; reason: FinishReason }
  | (DoneUpdate & { timings: Timings });

/** Milliseconds, as seen by this process. */
export interface Timings {
  /** From submission to a route. */
  queueMs: number;
  /** From submission to the end. */
  totalMs: number;
}

/** What an answer is held to: its choices, and the tokens of each. */
type Bounds = Pick<JobRequest, 'choices' | 'maxTokens'>;

/** `startedMs`: `performance.now()` before the job was submitted. */
export async function* followJob(
  job: Job,
  bounds: Bounds,
  startedMs: number,
): AsyncGenerator<FollowedUpdate, void, undefined> {
  // Whoever reads the updates hears of it there.
  job.routed.catch(() => {});
  const tokens = new Array<number>(bounds.choices).fill(0);
  const isFinished = new Array<boolean>(bounds.choices).fill(false);
  let queueMs: number | undefined;
  for await (const update of job.updates) {
    const elapsedMs = performance.now() - startedMs;
    if (update.type === 'routed') queueMs ??= elapsedMs;
    if (update.type === 'delta') {
      const count = (tokens[update.choice] ?? Number.POSITIVE_INFINITY) + update.ids.length;
      if (isFinished[update.choice] !== false || count > bounds.maxTokens) throw broken('gave more than was asked for');
      tokens[update.choice] = count;
    }
    if (update.type === 'finished') {
      if (isFinished[update.choice] !== false) throw broken('ended a choice twice');
      if (update.reason === 'cancelled') throw new PoolError('cancelled', 'The answer was cancelled.');
      isFinished[update.choice] = true;
      yield { type: 'finished', choice: update.choice, reason: update.reason };
    } else if (update.type === 'done') {
      if (isFinished.includes(false)) throw broken('left a choice without an end');
      yield { ...update, timings: { queueMs: queueMs ?? 0, totalMs: elapsedMs } };
      return;
    } else yield update;
  }
  throw broken('ended early');
}

const broken = (how: string): PoolError => new PoolError('internal', `The job ${how}.`);

export type TokenWithTop = NonNullable<DeltaUpdate['logprobs']>[number];

export interface CollectedChoice {
  text: string;
  tokens: TokenWithTop[];
  reason: FinishReason;
}

export interface Collected {
  choices: CollectedChoice[];
  done: DoneUpdate & { timings: Timings };
  plan: RoutePlan;
}

/** The whole answer of a job that nobody watches token by token. */
export async function collectJob(job: Job, bounds: Bounds, startedMs: number): Promise<Collected> {
  const choices: CollectedChoice[] = Array.from({ length: bounds.choices }, () => ({
    text: '',
    tokens: [],
    reason: 'stop',
  }));
  for await (const update of followJob(job, bounds, startedMs)) {
    if (update.type === 'done') return { choices, done: update, plan: update.plan };
    const choice = 'choice' in update ? choices[update.choice] : undefined;
    if (!choice) continue;
    if (update.type === 'finished') choice.reason = update.reason;
    if (update.type === 'delta') {
      choice.text += update.text;
      for (const token of update.logprobs ?? []) choice.tokens.push(token);
    }
  }
  throw broken('ended early');
}
