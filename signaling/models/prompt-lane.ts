// Threads that count prompts, each for one model, and the line in front of them. Turns go by address and owner; the least used
// process that does nothing is ended for a model that has none.
import { PoolError } from '../../protocol/errors.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import { type Asker, type LineLimits, TurnLine } from '../admission/turn-line.ts';
import type { ModelProcess } from './model-process.ts';
import type { CountedIds } from './read-thread.ts';

/** A prompt that is to be counted. */
export interface PromptCount {
  asker: Asker;
  /** Names the model. */
  key: string;
  model: ModelRef;
  prompt: JobRequest['prompt'];
}

export interface PromptLaneOptions {
  /** `workers` and `spare` together: so many processes. */
  limits: LineLimits;
  promptDeadlineMs: number;
  open(model: ModelRef): OpenedProcess;
  /** Throws what speaks against it. Asked when its turn comes. */
  check(count: PromptCount): void;
  /** Models of which one is at work at a time. */
  isSlow(key: string): boolean;
  /** How long the model's own programs ran. */
  ran(count: PromptCount, tookMs: number): void;
  /** Its files had to be ended. */
  ended(count: PromptCount, error: PoolError): void;
}

export interface OpenedProcess {
  process: ModelProcess;
  opened: Promise<unknown>;
}

interface Waiting extends PromptCount {
  resolve(ids: number[]): void;
  reject(error: PoolError): void;
}

/** A machine with other work gives a process a share of its time. */
const PATIENCE = 6;

export class PromptLane {
  readonly #options: PromptLaneOptions;
  readonly #line: TurnLine<Waiting>;
  /** By model, least recently used first. */
  readonly #processes = new Map<string, OpenedProcess & { isBusy: boolean }>();

  constructor(options: PromptLaneOptions) {
    this.#options = options;
    this.#line = new TurnLine(options.limits);
  }

  /** Rejects with `queue-full` when too many wait, and what opening and counting fail with. */
  ids(count: PromptCount): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#line.push({ ...count, resolve, reject });
      this.#next();
      const data = { retryAfterSeconds: 5 };
      this.#line.shorten()?.reject(new PoolError('queue-full', 'Too many prompts wait to be counted.', { data }));
    });
  }

  async close(why: PoolError): Promise<void> {
    for (const { reject } of this.#line.clear()) reject(why);
    const processes = [...this.#processes.values()];
    this.#processes.clear();
    await Promise.all(processes.map(({ process }) => process.end(why)));
  }

  #next(): void {
    for (;;) {
      const next = this.#line.begin(({ key }) => this.#hasRoomFor(key));
      if (!next) return;
      void this.#run(next);
    }
  }

  #hasRoomFor(key: string): boolean {
    const processes = [...this.#processes];
    const { isSlow, limits } = this.#options;
    if (isSlow(key) && processes.some(([other, { isBusy }]) => isBusy && isSlow(other))) return false;
    const own = this.#processes.get(key);
    if (own) return !own.isBusy;
    return processes.length < limits.workers + limits.spare || processes.some(([, { isBusy }]) => !isBusy);
  }

  async #run(count: Waiting): Promise<void> {
    const { check, promptDeadlineMs, ran, ended } = this.#options;
    let begun: (OpenedProcess & { isBusy: boolean }) | undefined;
    let isOpen = false;
    try {
      check(count);
      begun = this.#processFor(count);
      begun.isBusy = true;
      await begun.opened;
      isOpen = true;
      const deadlines = { cpuMs: promptDeadlineMs, wallMs: PATIENCE * promptDeadlineMs };
      const call = { type: 'ids', prompt: count.prompt } as const;
      const { ids, error, tookMs } = (await begun.process.ask(call, deadlines)) as CountedIds;
      ran(count, tookMs);
      if (error) throw PoolError.from(error);
      count.resolve(ids);
    } catch (thrown) {
      const error = PoolError.from(thrown);
      const isEnded = begun?.process.isOver === true && error.code === 'model-unsupported';
      if (isEnded && isOpen) ran(count, promptDeadlineMs);
      if (isEnded) ended(count, error);
      // Read again for the next one who asks: a hub that was away comes back.
      if (begun && (!isOpen || begun.process.isOver)) this.#drop(count.key, begun);
      count.reject(error);
    } finally {
      if (begun) begun.isBusy = false;
      this.#line.end(count);
      this.#next();
    }
  }

  #processFor({ key, model }: PromptCount): OpenedProcess & { isBusy: boolean } {
    const there = this.#processes.get(key);
    this.#processes.delete(key);
    const { limits, open } = this.#options;
    if (!there && this.#processes.size >= limits.workers + limits.spare) {
      const idle = [...this.#processes].find(([, { isBusy }]) => !isBusy);
      if (idle) this.#drop(...idle);
    }
    const process = there ?? { ...open(model), isBusy: false };
    this.#processes.set(key, process);
    return process;
  }

  #drop(key: string, { process, opened }: OpenedProcess): void {
    if (this.#processes.get(key)?.process === process) this.#processes.delete(key);
    opened.catch(() => {});
    void process.end();
  }
}
