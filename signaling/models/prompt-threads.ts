// Tokenizers and chat templates at work: a thread for each model that is asked for, the least used one ended for another. A model
// that had to be ended is not read again for a while.
import { PoolError } from '../../protocol/errors.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import type { ModelPlaces } from './model-location.ts';
import { ModelThread } from './model-thread.ts';
import type { ReadLimits } from './read-thread.ts';

export interface PromptThreadsOptions {
  places: ModelPlaces;
  own: ModelRef | undefined;
  limits: ReadLimits;
  /** For files to be there and read. */
  deadlineMs: number;
  /** For one prompt. */
  promptDeadlineMs?: number | undefined;
}

/** Beside the configured model's. */
const MAX_THREADS = 3;
/** A prompt of the most bytes takes about 100 ms; a machine that is busy ten times that. */
const PROMPT_DEADLINE_MS = 5_000;
/** So long nobody asks a model whose files had to be ended. */
const REST_MS = 60_000;
const MAX_RESTING = 256;

interface Reader {
  thread: ModelThread;
  opened: Promise<unknown>;
}

export class PromptThreads {
  readonly #options: PromptThreadsOptions;
  /** By model, least recently used first. */
  readonly #readers = new Map<string, Reader>();
  readonly #resting = new Map<string, { untilMs: number; error: PoolError }>();
  readonly #own: string | undefined;
  #closed = false;

  constructor(options: PromptThreadsOptions) {
    this.#options = options;
    this.#own = options.own && poolIdOf(options.own);
  }

  async ids(model: ModelRef, prompt: JobRequest['prompt']): Promise<number[]> {
    const key = poolIdOf(model);
    const { thread, opened } = this.#readerOf(key, model);
    try {
      await opened;
      const call = { type: 'ids', prompt } as const;
      return (await thread.ask(call, this.#options.promptDeadlineMs ?? PROMPT_DEADLINE_MS)) as number[];
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (thread.isOver && error.code === 'model-unsupported') this.#rest(key, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const readers = [...this.#readers.values()];
    this.#readers.clear();
    await Promise.all(readers.map(({ thread }) => thread.end()));
  }

  #readerOf(key: string, model: ModelRef): Reader {
    if (this.#closed) throw new PoolError('shutting-down', 'The server stops.');
    const resting = this.#resting.get(key);
    if (resting && resting.untilMs > performance.now()) throw resting.error;
    this.#resting.delete(key);
    const there = this.#readers.get(key);
    this.#readers.delete(key);
    const reader = there && !there.thread.isOver ? there : this.#open(key, model);
    this.#readers.set(key, reader);
    return reader;
  }

  #open(key: string, model: ModelRef): Reader {
    if (key !== this.#own) this.#makeRoom();
    const { places, limits, deadlineMs } = this.#options;
    const thread = new ModelThread();
    const opened = thread.ask({ type: 'open', model, places, limits }, deadlineMs);
    opened.catch(() => {
      // Read again for the next one who asks: a hub that was away comes back.
      if (this.#readers.get(key)?.thread === thread) this.#readers.delete(key);
      void thread.end();
    });
    return { thread, opened };
  }

  #makeRoom(): void {
    const others = [...this.#readers].filter(([key]) => key !== this.#own);
    if (others.length < MAX_THREADS) return;
    const idle = others.find(([, { thread }]) => !thread.isBusy);
    if (!idle) {
      const data = { retryAfterSeconds: 5 };
      throw new PoolError('rate-limited', 'The server counts prompts of other models just now.', { data });
    }
    this.#readers.delete(idle[0]);
    void idle[1].thread.end();
  }

  #rest(key: string, error: PoolError): void {
    this.#resting.set(key, { untilMs: performance.now() + REST_MS, error });
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > MAX_RESTING && oldest !== undefined) this.#resting.delete(oldest);
  }
}
