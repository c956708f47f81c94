// One process that reads one model, and its end: at a deadline, at a bound of memory, or when nobody wants it any more. A thread
// would not do: one allocation past its bound ends the whole server. It does one thing at a time: whoever shares it keeps the line.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PoolError } from '../../protocol/errors.ts';
import type { ReadAnswer, ReadCall } from './read-thread.ts';

/** Milliseconds. */
export interface ReadDeadlines {
  /** Processor time. */
  cpuMs: number;
  /** By the clock: more than that, since other work may stand in the way. */
  wallMs: number;
}

interface Turn {
  resolve(value: unknown): void;
  reject(error: PoolError): void;
}

export class ModelProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #running: Turn | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cpuMs = 0;
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
        this.#fail(wordsFor(code, signal, this.#cpuMs));
        resolve();
      });
      this.#child.once('error', () => resolve());
    });
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Rejects with what the reading failed with; `model-unsupported` past `cpuMs` of computing or the memory, `queue-full` past
   * `wallMs` where a busy machine gave it less: each ends the process. Ask again only when it has answered.
   */
  ask(call: ReadCall, { cpuMs, wallMs }: ReadDeadlines): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
      this.#cpuMs = cpuMs;
      this.#timer = setTimeout(() => {
        const data = { retryAfterSeconds: 5 };
        void this.end(new PoolError('queue-full', 'This server has too much to do to read this now.', { data }));
      }, wallMs);
      // One that has just ended says so by its exit.
      this.#child.send({ call, cpuMs }, () => {});
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

/** As `read-process.mjs` ends where its thread ran out of memory or of time, and as an engine ends where one allocation was too large. */
const OUT_OF_MEMORY_EXIT = 9;
const TOO_LONG_EXIT = 10;
const OUT_OF_MEMORY_SIGNALS: readonly (NodeJS.Signals | null)[] = ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL'];

function wordsFor(code: number | null, signal: NodeJS.Signals | null, cpuMs: number): PoolError {
  if (code === TOO_LONG_EXIT) {
    return new PoolError('model-unsupported', `The model’s files kept this server busy for more than ${cpuMs} ms.`);
  }
  return code === OUT_OF_MEMORY_EXIT || OUT_OF_MEMORY_SIGNALS.includes(signal)
    ? new PoolError('model-unsupported', 'The model’s files take more memory to read than this server gives.')
    : failed();
}
