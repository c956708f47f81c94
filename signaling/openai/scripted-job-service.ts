// A job service for tests: no tab, no model, no money. It keeps JobService's promises (order of updates, one read, abort,
// seeds, stop strings, bounds) over a toy model, so that what stands on it can be tested in milliseconds; faults come by script.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { JobRequest, JobStats } from '../../protocol/job.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { Job, JobOrder, JobRecord, JobService, JobUpdate } from '../jobs/job-types.ts';
import { PriceQuotes } from '../jobs/price-quotes.ts';
import { runToyModel, type ToyChoice, toyPromptTokens } from './toy-model.ts';

/** What goes wrong with one job. */
export interface Fault {
  /** `submit`: thrown at once; `queue`: no route; `start`: the driver refuses; a number: after so many tokens. */
  at: 'submit' | 'queue' | 'start' | number;
  error: PoolError;
}

export interface ScriptedOptions {
  /** Time in the queue; an update with the place is sent before it. */
  queueMs?: number;
  /** Time per token: 0 gives all at once. */
  tokenMs?: number;
  plan?: Partial<RoutePlan>;
}

const MICROS_PER_TOKEN = 100;

const PLAN: RoutePlan = {
  mode: 'lan',
  driver: 'entry',
  local: false,
  drafter: 'ngram',
  stages: 2,
  reason: 'Two tabs hold the model.',
  predicted: { tokensPerSecond: 40, timeToFirstTokenMs: 50 },
  rejected: [{ mode: 'solo', why: 'no device holds the whole model' }],
};

export class ScriptedJobService implements JobService {
  /** Taken from the front, one per job; an empty one lets the job be. */
  readonly faults: (Fault | undefined)[] = [];
  readonly orders: JobOrder[] = [];
  /** How each job ended. */
  readonly endings = new Map<JobId, 'done' | 'failed' | 'cancelled'>();
  running = 0;
  mostRunning = 0;
  options: ScriptedOptions;
  readonly #quotes = new PriceQuotes();
  readonly #records = new Map<string, { payer: string; record: JobRecord }>();

  constructor(options: ScriptedOptions = {}) {
    this.options = options;
  }

  async submit(order: JobOrder): Promise<Job> {
    this.orders.push(order);
    const fault = this.faults.shift();
    if (fault?.at === 'submit') throw fault.error;
    const id = randomBytes(16).toString('hex') as JobId;
    let resolve!: (plan: RoutePlan) => void;
    let reject!: (error: unknown) => void;
    const routed = new Promise<RoutePlan>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    let isRead = false;
    const run = () => this.#run(id, order, fault, { resolve, reject });
    const updates: AsyncIterable<JobUpdate> = {
      [Symbol.asyncIterator]() {
        if (isRead) throw new Error('The updates of a job may be read once.');
        isRead = true;
        return run();
      },
    };
    return { id, seed: order.request.seed, routed, updates };
  }

  async quote(order: Parameters<JobService['quote']>[0]): ReturnType<JobService['quote']> {
    const { prompt, maxTokens, choices } = order.request;
    const maxMicros = (toyPromptTokens(prompt) + maxTokens * choices) * MICROS_PER_TOKEN;
    const price = { promptMicros: MICROS_PER_TOKEN, completionMicros: MICROS_PER_TOKEN };
    return { maxMicros, price, ...this.#quotes.make(order.pool, price), plan: this.#plan() };
  }

  async find(id: string, payer: string): Promise<JobRecord | undefined> {
    const found = this.#records.get(id);
    return found?.payer === payer ? found.record : undefined;
  }

  #plan = (): RoutePlan => ({ ...PLAN, ...this.options.plan });

  async *#run(
    job: JobId,
    order: JobOrder,
    fault: Fault | undefined,
    routed: { resolve(plan: RoutePlan): void; reject(error: unknown): void },
  ): AsyncGenerator<JobUpdate, void, undefined> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      const plan = this.#plan();
      if (this.options.queueMs) {
        yield { type: 'queued', place: 1, waiting: 1, reason: 'All sessions are taken.' };
        await this.#wait(this.options.queueMs, order.signal);
      }
      if (fault?.at === 'queue') throw fault.error;
      routed.resolve(plan);
      yield { type: 'routed', plan };
      if (fault?.at === 'start') throw fault.error;
      const promptTokens = toyPromptTokens(order.request.prompt);
      yield { type: 'started', job, promptTokens };
      const answers = runToyModel(order.request);
      yield* this.#tell(job, order, answers, fault);
      const completionTokens = answers.reduce((sum, { steps }) => sum + steps.length, 0);
      const usage = { promptTokens, cachedTokens: Math.min(2, promptTokens), completionTokens };
      const stats = statsOf(order.request, completionTokens);
      const chargedMicros = (promptTokens + completionTokens) * MICROS_PER_TOKEN;
      const now = new Date();
      this.#records.set(job, {
        payer: order.payer,
        record: {
          id: job,
          pool: order.pool,
          state: 'done',
          plan,
          outcome: stats,
          usage,
          chargedMicros,
          createdAt: now,
          endedAt: now,
        },
      });
      this.endings.set(job, 'done');
      yield { type: 'done', stats, usage, plan, receiptId: job, chargedMicros };
    } catch (error) {
      this.endings.set(job, PoolError.from(error).code === 'cancelled' ? 'cancelled' : 'failed');
      routed.reject(error);
      throw error;
    } finally {
      // Whoever stops reading has lost interest.
      if (!this.endings.has(job)) this.endings.set(job, 'cancelled');
      this.running -= 1;
    }
  }

  /** All choices in step, as a driver with one session each would give them. */
  async *#tell(
    job: JobId,
    order: JobOrder,
    answers: ToyChoice[],
    fault: Fault | undefined,
  ): AsyncGenerator<JobUpdate, void, undefined> {
    const longest = Math.max(...answers.map(({ steps }) => steps.length));
    for (let at = 0; at < longest; at += 1) {
      if (typeof fault?.at === 'number' && at >= fault.at) throw fault.error;
      await this.#wait(this.options.tokenMs ?? 0, order.signal);
      for (const [choice, { steps, reason }] of answers.entries()) {
        const step = steps[at];
        if (!step) continue;
        yield { type: 'delta', job, choice, text: step.text, ids: [step.id], logprobs: step.logprobs };
        if (at === steps.length - 1) yield { type: 'finished', job, choice, reason };
      }
    }
  }

  async #wait(timeMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (timeMs > 0) await sleep(timeMs, undefined, { signal }).catch(() => {});
    if (signal?.aborted) throw new PoolError('cancelled', 'The caller cancelled.');
  }
}

const statsOf = (request: JobRequest, laps: number): JobStats => ({
  epoch: 1,
  route: [
    { stage: 0, start: 0, end: 2, computeMs: 1.5, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 0.3 },
    { stage: 1, start: 2, end: 4, computeMs: 1.4, batch: 1, queueMs: 0, uploadMs: 0, readbackMs: 0, hopMs: 0.2 },
  ],
  returnHopMs: 0.2,
  lapMs: 4,
  draftMs: 0,
  laps,
  drafted: 10,
  accepted: 5,
  drafter: request.drafter,
  tokensPerSecond: 38,
  timeToFirstTokenMs: 3,
  totalMs: 1,
});
