// Between the server and the driver of a tab that serves the entry: hands jobs to the worker, and its events to the
// server: those that somebody waits for at once, the others gathered for a moment. Reads no text.
import type { ClientMessage, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import type { JobEvent } from '../../protocol/job.ts';
import type { RpcClient } from '../worker/rpc.ts';
import type { DriverSource, WorkerEvents, WorkerMethods } from '../worker/worker-api.ts';
import { packJobEvents } from './pack-job-events.ts';

/** A person sees no difference; the server has one message for several tokens of several jobs. */
const GATHER_MS = 25;

export interface JobRelayOptions {
  worker: Pick<RpcClient<WorkerMethods, WorkerEvents>, 'call' | 'on'>;
  send(message: ClientMessage): void;
  /** Where the tokenizer comes from: read at the first job. */
  source: DriverSource;
}

type JobStart = Omit<ServerMessage & { type: 'job-start' }, 'type'>;

export class JobRelay {
  readonly #options: JobRelayOptions;
  /** With the ones that the worker has not got yet, whether they were cancelled meanwhile, and whether text has come of them. */
  readonly #jobs = new Map<JobId, { isStarted: boolean; isCancelled: boolean; hasText: boolean }>();
  /** Runs that nobody hears any more and that have not ended yet, and who waits for that. */
  readonly #ending = new Map<JobId, (() => void)[]>();
  #waiting: JobEvent[] = [];
  #driver: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: JobRelayOptions) {
    this.#options = options;
    options.worker.on('job-event', (event) => this.#hear(event));
  }

  /** Jobs that are being driven. */
  get running(): number {
    return this.#jobs.size;
  }

  /** This tab is to be an entry: the first job need not wait for the tokenizer. */
  prepare(): void {
    if (!this.#isClosed) this.#startDriver().catch(() => {});
  }

  start({ job, grant, epoch, request }: JobStart): void {
    if (this.#isClosed || this.#jobs.has(job)) return;
    this.#jobs.set(job, { isStarted: false, isCancelled: false, hasText: false });
    this.#run({ job, grant, epoch, request }).catch((cause) => {
      // The worker reports its jobs' failures itself: this one could not begin, or the worker is gone.
      this.#hear({ type: 'failed', job, error: PoolError.from(cause).toShape() });
    });
  }

  cancel(job: JobId): void {
    const state = this.#jobs.get(job);
    if (!state) return;
    state.isCancelled = true;
    if (state.isStarted) void this.#options.worker.call('cancel-job', { job }).catch(() => {});
  }

  /** The server is out of reach: nobody hears these jobs any more, and it starts them anew elsewhere. */
  cancelAll(): void {
    for (const [job, { isStarted }] of this.#jobs) {
      this.cancel(job);
      if (isStarted) this.#ending.set(job, []);
    }
    this.#jobs.clear();
    this.#waiting = [];
  }

  close(): void {
    this.cancelAll();
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #run(job: JobStart): Promise<void> {
    await this.#startDriver();
    // What an earlier run of the same job still says is not this one's.
    const earlier = this.#ending.get(job.job);
    if (earlier) await new Promise<void>((ended) => earlier.push(ended));
    const state = this.#jobs.get(job.job);
    if (!state) return;
    state.isStarted = true;
    const running = this.#options.worker.call('run-job', job);
    // It tells the end of a cancelled job as of any other.
    if (state.isCancelled) this.cancel(job.job);
    await running;
  }

  /** The worker reads the tokenizer once. What failed is tried again with the first job that comes. */
  #startDriver(): Promise<void> {
    this.#driver ??= this.#options.worker.call('start-driver', this.#options.source).catch((thrown) => {
      this.#driver = undefined;
      throw thrown;
    });
    return this.#driver;
  }

  #hear(event: JobEvent): void {
    const isLast = event.type === 'done' || event.type === 'failed';
    const ending = this.#ending.get(event.job);
    if (ending) {
      if (isLast) this.#ending.delete(event.job);
      if (isLast) for (const ended of ending) ended();
      return;
    }
    const state = this.#jobs.get(event.job);
    // The job was given up.
    if (!state) return;
    const isFirstText = event.type === 'delta' && event.text !== '' && !state.hasText;
    if (isFirstText) state.hasText = true;
    if (isLast) this.#jobs.delete(event.job);
    this.#waiting.push(event);
    // Somebody waits for the first text and for the end. While the timer runs something was sent a moment ago.
    if (isLast || isFirstText || this.#timer === undefined) this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0 || this.#isClosed) return;
    this.#waiting = [];
    for (const events of packJobEvents(waiting)) this.#options.send({ type: 'job-events', events });
    this.#timer = setTimeout(() => this.#flush(), GATHER_MS);
  }
}
