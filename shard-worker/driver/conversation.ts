// One conversation: owns the token history, feeds it to whichever ring serves now, and continues on the next ring when a
// stage disappears. The answer is a pure function of (model, prompt, sampling), whatever the route does meanwhile.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { newSessionId, type SessionId } from '../../protocol/ids.ts';
import { MAX_CHUNKS_IN_FLIGHT, PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { commonPrefix } from './common-prefix.ts';
import type { LapResult, RingClient } from './ring-client.ts';

/** Gives the ring that serves now; waits for one to form. Rejects when none comes. */
export type AcquireRing = (signal?: AbortSignal) => Promise<RingClient>;

export interface GenerateOptions {
  sampling: Sampling;
  maxTokens: number;
  /** Positions that the model can hold. */
  maxContext: number;
  eosIds: ReadonlySet<number>;
  /** Called for each new token but an end of sequence; return true to stop after it (a stop string). */
  onToken(id: number, lap: LapResult, isFirst: boolean): boolean | undefined;
  onNotice?(notice: string): void;
  signal?: AbortSignal;
  /** Tokens per prefill chunk; equal results for any value. */
  chunkTokens?: number;
}

export interface Generated {
  ids: number[];
  finishReason: 'stop' | 'length' | 'cancelled';
}

/** What disappeared is retried; what failed is reported at once (DESIGN section 8). */
const RETRIED = new Set([
  'session-unknown',
  'kv-missing',
  'epoch-stale',
  'position-mismatch',
  'stage-left',
  'link-failed',
  'device-lost',
]);
const MAX_TRIES = 5;

interface Held {
  session: SessionId;
  ring: RingClient;
  /** Tokens whose keys and values every stage of the ring holds. */
  tokens: number[];
}

export class Conversation {
  readonly #acquire: AcquireRing;
  #held: Held | undefined;

  constructor(acquire: AcquireRing) {
    this.#acquire = acquire;
  }

  /** Generates after `prompt` (token ids). Throws `context-exceeded`, `prompt-empty`, or what the ring reported. */
  async generate(prompt: readonly number[], options: GenerateOptions): Promise<Generated> {
    if (prompt.length === 0) throw new PoolError('prompt-empty', 'There is nothing to answer.');
    if (prompt.length >= options.maxContext) {
      throw new PoolError(
        'context-exceeded',
        `The conversation has ${prompt.length} tokens; this model holds ${options.maxContext} and needs room to answer.`,
        { data: { promptTokens: prompt.length, maxContext: options.maxContext } },
      );
    }
    const generated: number[] = [];
    for (let attempt = 1; ; attempt++) {
      try {
        const finishReason = await this.#continue(prompt, generated, options);
        return { ids: generated, finishReason };
      } catch (cause) {
        const error = PoolError.from(cause);
        // Stages that are still there let the session go now, and not when it has been idle for long.
        this.close();
        if (options.signal?.aborted) return { ids: generated, finishReason: 'cancelled' };
        if (!RETRIED.has(error.code) || attempt >= MAX_TRIES) throw error;
        options.onNotice?.(`${error.message} Continuing on another route…`);
      }
    }
  }

  /** Frees the caches on a ring that is not the one that serves now, so that its stages can let it go. */
  releaseUnless(current: RingClient | undefined): void {
    if (this.#held && this.#held.ring !== current) this.close();
  }

  /** Frees the caches on the stages. */
  close(): void {
    this.#held?.ring.close(this.#held.session);
    this.#forget();
  }

  #forget(): void {
    this.#held = undefined;
  }

  async #continue(
    prompt: readonly number[],
    generated: number[],
    options: GenerateOptions,
  ): Promise<Generated['finishReason']> {
    const held = await this.#sessionOn(await this.#acquire(options.signal));
    options.onNotice?.('');
    held.ring.open(held.session, options.sampling);
    const history = [...prompt, ...generated];
    let lap = await this.#prefill(held, history, options);
    for (;;) {
      if (options.signal?.aborted) return 'cancelled';
      const id = lap.ids[0];
      if (id === undefined) throw new PoolError('stage-failed', 'The exit stage answered a step without a token.');
      if (options.eosIds.has(id)) return 'stop';
      generated.push(id);
      if (options.onToken(id, lap, generated.length === 1)) return 'stop';
      const position = held.tokens.length;
      if (generated.length >= options.maxTokens || position + 1 >= options.maxContext) return 'length';
      lap = await held.ring.lap(held.session, { position, ids: [id], flags: FRAME_FLAGS.sample });
      held.tokens.push(id);
    }
  }

  async #sessionOn(ring: RingClient): Promise<Held> {
    if (this.#held?.ring === ring && !ring.ended) return this.#held;
    this.close();
    this.#held = { session: newSessionId(), ring, tokens: [] };
    return this.#held;
  }

  /** Computes what the stages do not hold yet, in chunks that overlap across stages; the last one samples. */
  async #prefill(held: Held, history: readonly number[], options: GenerateOptions): Promise<LapResult> {
    // At least one row must be computed to have something to sample from.
    const from = Math.min(commonPrefix(held.tokens, history), history.length - 1);
    held.tokens.length = from;
    const chunkTokens = options.chunkTokens ?? PREFILL_CHUNK_TOKENS;
    const inFlight: Promise<LapResult>[] = [];
    let result: LapResult | undefined;
    for (let position = from; position < history.length; position += chunkTokens) {
      const ids = history.slice(position, position + chunkTokens);
      const isLast = position + ids.length === history.length;
      const flags = (position === from ? FRAME_FLAGS.rollback : 0) | (isLast ? FRAME_FLAGS.sample : 0);
      const lap = held.ring.lap(held.session, { position, ids, flags });
      // Each is awaited below; this keeps a failure of a later one from counting as unhandled meanwhile.
      lap.catch(() => {});
      inFlight.push(lap);
      if (inFlight.length >= MAX_CHUNKS_IN_FLIGHT) result = await inFlight.shift();
    }
    for (const lap of inFlight) result = await lap;
    held.tokens.push(...history.slice(from));
    return result!;
  }
}
