// Tokenizers and chat templates at work: the configured model has a process that no other model takes, the others share some. What
// time of them an address and a model may take is bounded; a model that had to be ended is not read again for a while.
import { PoolError } from '../../protocol/errors.ts';
import { type ModelRef, poolIdOf } from '../../protocol/ids.ts';
import type { JobRequest } from '../../protocol/job.ts';
import { KeyedBuckets } from '../admission/keyed-buckets.ts';
import type { Asker } from '../admission/turn-line.ts';
import type { ModelPlaces } from './model-location.ts';
import { ModelProcess } from './model-process.ts';
import { type OpenedProcess, type PromptCount, PromptLane, type PromptLaneOptions } from './prompt-lane.ts';
import type { ReadLimits } from './read-thread.ts';

export interface PromptProcessesOptions {
  places: ModelPlaces;
  own: ModelRef | undefined;
  limits: ReadLimits;
  /** For files to be there and read. */
  deadlineMs: number;
  /** For one prompt. */
  promptDeadlineMs?: number | undefined;
  /** Milliseconds of processes that one address has: `ADDRESS_MS`. */
  addressMs?: { perMinute: number; burst: number } | undefined;
}

/** Prompts that wait, in front of the configured model's process and of the others' together. */
const MAX_WAITING = 64;
const OWN_LIMITS = { workers: 1, spare: 0, waiting: MAX_WAITING };
/** One address's prompts take two at most: the third is for an address that has none at work. */
const SHARED_LIMITS = { workers: 2, spare: 1, waiting: MAX_WAITING };
/** Processor time: a prompt of the most bytes takes about 100 ms. */
const PROMPT_DEADLINE_MS = 5_000;
/** So long nobody asks a model whose files had to be ended. */
const REST_MS = 60_000;
const MAX_RESTING = 256;
/** One address, or one owner's batches, may use a quarter of a process. Some hundred short prompts a second are less. */
const ADDRESS_MS = { perMinute: 15_000, burst: 10_000 };
/** A prompt that takes longer is a slow model's own doing. */
const SLOW_PROMPT_MS = 1_000;
/** What of it a model may take beyond that. Slow ones share one process at a time, and leave the others to the others. */
const SLOW_MS = { perMinute: 1_000, burst: 3_000, maxKeys: 1_024 };

export class PromptProcesses {
  readonly #options: PromptProcessesOptions;
  readonly #own: string | undefined;
  readonly #ownLane: PromptLane;
  readonly #sharedLane: PromptLane;
  readonly #resting = new Map<string, { untilMs: number; error: PoolError }>();
  readonly #addresses: KeyedBuckets;
  readonly #slow = new KeyedBuckets(SLOW_MS);
  #closed = false;

  constructor(options: PromptProcessesOptions) {
    this.#options = options;
    this.#own = options.own && poolIdOf(options.own);
    this.#addresses = new KeyedBuckets(options.addressMs ?? ADDRESS_MS);
    const shared: Omit<PromptLaneOptions, 'limits'> = {
      promptDeadlineMs: options.promptDeadlineMs ?? PROMPT_DEADLINE_MS,
      open: (model) => this.#open(model),
      check: (count) => this.#check(count),
      isSlow: (key) => !this.#slow.take(key, { cost: 0 }),
      ran: (count, tookMs) => this.#ran(count, tookMs),
      ended: ({ key }, error) => this.#rest(key, error),
    };
    this.#ownLane = new PromptLane({ ...shared, limits: OWN_LIMITS });
    this.#sharedLane = new PromptLane({ ...shared, limits: SHARED_LIMITS });
  }

  async ids(model: ModelRef, prompt: JobRequest['prompt'], asker: Asker): Promise<number[]> {
    const count: PromptCount = { asker, key: poolIdOf(model), model, prompt };
    this.#check(count);
    return (count.key === this.#own ? this.#ownLane : this.#sharedLane).ids(count);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#ownLane, this.#sharedLane].map((lane) => lane.close(closing())));
  }

  #check({ key, asker }: PromptCount): void {
    if (this.#closed) throw closing();
    const resting = this.#resting.get(key);
    if (resting && resting.untilMs > performance.now()) throw resting.error;
    this.#resting.delete(key);
    if (this.#addresses.take(purseOf(asker), { cost: 0 })) return;
    const data = { retryAfterSeconds: this.#addresses.waitSeconds(purseOf(asker)) };
    throw new PoolError('rate-limited', 'Prompts of your address took this server long to count.', { data });
  }

  #open(model: ModelRef): OpenedProcess {
    const { places, limits, deadlineMs } = this.#options;
    const process = new ModelProcess();
    return {
      process,
      opened: process.ask({ type: 'open', model, places, limits }, { cpuMs: deadlineMs, wallMs: deadlineMs }),
    };
  }

  #ran({ key, asker }: PromptCount, tookMs: number): void {
    this.#addresses.take(purseOf(asker), { cost: tookMs });
    const beyondMs = tookMs - SLOW_PROMPT_MS;
    if (key !== this.#own && beyondMs > 0) this.#slow.take(key, { cost: beyondMs });
  }

  /** The configured model is its operator's: a prompt that makes it slow takes it from nobody else. */
  #rest(key: string, error: PoolError): void {
    if (key === this.#own) return;
    this.#resting.set(key, { untilMs: performance.now() + REST_MS, error });
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > MAX_RESTING && oldest !== undefined) this.#resting.delete(oldest);
  }
}

/** What no address asks is its owner's. */
const purseOf = ({ address, owner }: Asker): string =>
  address === undefined ? `owner:${owner}` : `address:${address}`;

const closing = (): PoolError => new PoolError('shutting-down', 'The server stops.');
