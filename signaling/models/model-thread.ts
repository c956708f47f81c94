// One thread that reads one model, and its end: at a deadline, at a bound of memory, or when nobody wants it any more. It does
// one thing at a time: whoever shares it keeps the line.
import { Worker } from 'node:worker_threads';
import { PoolError } from '../../protocol/errors.ts';
import type { ReadAnswer, ReadCall } from './read-thread.ts';

/** JavaScript objects of one model: a tokenizer of 35 MB of JSON takes about 300 MB while it is read. */
const MEMORY_MB = 512;

interface Turn {
  resolve(value: unknown): void;
  reject(error: PoolError): void;
}

export class ModelThread {
  readonly #worker: Worker;
  #running: Turn | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended: PoolError | undefined;

  constructor() {
    this.#worker = new Worker(new URL('./read-thread.mjs', import.meta.url), {
      execArgv: [],
      // Nothing of the server's own secrets.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    this.#worker.unref();
    this.#worker.on('message', (said: ReadAnswer) => this.#hear(said));
    this.#worker.on('error', (thrown: NodeJS.ErrnoException) => this.#fail(wordsFor(thrown)));
    this.#worker.on('exit', () => this.#fail(new PoolError('internal', 'The thread that reads models ended.')));
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Rejects with what the reading failed with; `model-unsupported` past `deadlineMs` or the memory, which end the thread.
   * Ask again only when it has answered.
   */
  ask(call: ReadCall, deadlineMs: number): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      this.#timer = setTimeout(() => {
        const sentence = `The model’s files kept this server busy for more than ${deadlineMs} ms.`;
        void this.end(new PoolError('model-unsupported', sentence));
      }, deadlineMs);
      this.#worker.postMessage(call);
    });
  }

  /** Ends the thread; who waits hears `why`. */
  async end(why = new PoolError('shutting-down', 'The server stops.')): Promise<void> {
    this.#fail(why);
    await this.#worker.terminate();
  }

  #hear(said: ReadAnswer): void {
    const turn = this.#running;
    clearTimeout(this.#timer);
    this.#running = undefined;
    if ('error' in said) turn?.reject(PoolError.from(said.error));
    else turn?.resolve(said.value);
  }

  #fail(error: PoolError): void {
    if (this.#ended) return;
    this.#ended = error;
    clearTimeout(this.#timer);
    this.#running?.reject(error);
    this.#running = undefined;
  }
}

const wordsFor = ({ code }: NodeJS.ErrnoException): PoolError =>
  code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new PoolError('model-unsupported', 'The model’s files take more memory to read than this server gives.')
    : new PoolError('internal', 'The thread that reads models failed.');
