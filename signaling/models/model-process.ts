// One process that reads one model, and its end: at a deadline, at a bound of memory, or when nobody wants it any more. A thread
// would not do: one allocation past its bound ends the whole server. It does one thing at a time: whoever shares it keeps the line.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PoolError } from '../../protocol/errors.ts';
import type { ReadAnswer, ReadCall } from './read-thread.ts';

interface Turn {
  resolve(value: unknown): void;
  reject(error: PoolError): void;
}

export class ModelProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #running: Turn | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended: PoolError | undefined;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./read-process.mjs', import.meta.url)), {
      execArgv: [],
      // Nothing of the server's own secrets.
      env: {} as NodeJS.ProcessEnv,
      serialization: 'advanced',
      // A person's Ctrl-C is the server's alone, which still counts prompts of what it is about to end.
      detached: true,
      // What an engine writes as it ends is told in our own words.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', (said: ReadAnswer) => this.#hear(said));
    this.#child.on('error', () => this.#fail(failed()));
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#fail(wordsFor(code, signal));
        resolve();
      });
      this.#child.once('error', () => resolve());
    });
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Rejects with what the reading failed with; `model-unsupported` past `deadlineMs` or the memory, which end the process.
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
      // One that has just ended says so by its exit.
      this.#child.send(call, () => {});
    });
  }

  /** Ends the process; who waits hears `why`. */
  async end(why = new PoolError('shutting-down', 'The server stops.')): Promise<void> {
    this.#fail(why);
    this.#child.kill('SIGKILL');
    await this.#exited;
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

const failed = (): PoolError => new PoolError('internal', 'The process that reads models failed.');

/** As `read-process.mjs` ends where its thread ran out of memory, and as an engine ends where one allocation was too large. */
const OUT_OF_MEMORY_EXIT = 9;
const OUT_OF_MEMORY_SIGNALS: readonly (NodeJS.Signals | null)[] = ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL'];

const wordsFor = (code: number | null, signal: NodeJS.Signals | null): PoolError =>
  code === OUT_OF_MEMORY_EXIT || OUT_OF_MEMORY_SIGNALS.includes(signal)
    ? new PoolError('model-unsupported', 'The model’s files take more memory to read than this server gives.')
    : failed();
