// One conversation: owns the token history, feeds it to whichever ring serves now, and continues on the next ring when a
// stage disappears: stages that are in both go on with what they hold. The answer is a pure function of (model, prompt,
// sampling), whatever route and drafter do meanwhile.

import { checkPrompt } from '../../protocol/check-prompt.ts';
import type { CodecPolicy } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { MAX_CHUNKS_IN_FLIGHT, PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import { commonPrefix } from './common-prefix.ts';
import { checkRows, DecodeRun, type HeldSession } from './decode-run.ts';
import { freshStages } from './fresh-stages.ts';
import type { Generated, GenerateOptions } from './generate-options.ts';
import { retryLost } from './retry-lost.ts';
import type { LapResult, RingClient } from './ring-client.ts';

/** Gives the ring that serves now, another one than `avoid` if it can; waits for one to form. Rejects when none comes. */
export type AcquireRing = (signal?: AbortSignal, avoid?: RingClient) => Promise<RingClient>;

export class Conversation {
  #acquire: AcquireRing;
  #held: HeldSession | undefined;
  /** Positions of this answer's prompt that were in the caches when it began. */
  #cachedTokens = 0;

  constructor(acquire: AcquireRing) {
    this.#acquire = acquire;
  }

  /** From now on rings come from here. */
  acquireFrom(acquire: AcquireRing): void {
    this.#acquire = acquire;
  }

  /** What the stages of a ring hold of it now. */
  get held(): Pick<HeldSession, 'session' | 'ring' | 'tokens'> | undefined {
    return this.#held;
  }

  /** Generates after `prompt` (token ids). Throws `context-exceeded`, `prompt-empty`, or what the ring reported. */
  async generate(prompt: readonly number[], options: GenerateOptions): Promise<Generated> {
    checkPrompt(prompt.length, options.maxContext);
    const ids = [...(options.resume ?? [])];
    let avoid: RingClient | undefined;
    const finishReason = await retryLost(options, {
      attempt: async () => (isFull(prompt, ids, options) ? 'length' : this.#continue(prompt, ids, options, avoid)),
      onFailed: (what, { code }, isCancelled) => {
        if (code === 'lap-timeout' && this.#held) options.onStill?.(this.#held.ring.epoch);
        avoid = what === 'route' ? this.#held?.ring : undefined;
        // Stages that are still there go on with the session, or let it go now and not when it has been idle for long.
        const isKept = isCancelled && options.keepsOnCancel?.();
        if (!isKept && (what !== 'route' || isCancelled)) this.close();
        else this.#forgetUnpaid(ids, options);
      },
    });
    return { ids, finishReason };
  }

  /** Frees the caches on a ring whose place another has taken, so that its stages can let it go. */
  releaseUnless(isCurrent: (ring: RingClient) => boolean): void {
    if (this.#held && !isCurrent(this.#held.ring)) this.close();
  }

  /** Frees the caches on the stages. */
  close(): void {
    this.#held?.ring.close(this.#held.session);
    this.#held = undefined;
  }

  async #continue(
    prompt: readonly number[],
    generated: number[],
    options: GenerateOptions,
    avoid: RingClient | undefined,
  ): Promise<Generated['finishReason']> {
    const { sampling, jobGrant, logprobs, codec = 'exact', of } = options;
    const { held, fresh } = this.#sessionOn(await this.#acquire(options.signal, avoid), codec);
    options.onNotice?.(undefined);
    const history = [...prompt, ...generated];
    const position = heldPrefix(held, history);
    // Told anew for each try, until one has given a token: what an earlier try found in a cache may be lost with it.
    if (generated.length === 0) {
      this.#cachedTokens = Math.min(prompt.length, position);
      options.onCached?.(this.#cachedTokens);
    }
    const carried = fresh && position > 0 ? { position, fresh } : undefined;
    held.ring.open(held.session, { sampling, jobGrant, logprobs, codec, of, carried });
    if (carried?.fresh[0] === 0) this.#replay(held, history.slice(0, position));
    const rows = await this.#prefill(held, history, options);
    return new DecodeRun({ held, promptTokens: prompt.length, generated, history }, options).run(rows);
  }

  /**
   * The session that is held, on this ring, or another one. `fresh`: stages that lack what the others hold of it, because no lap of
   * it has come back from them since, whatever they held before. A cache that
   * another codec filled is not gone on with: an exact answer must not begin with rounded keys and values.
   */
  #sessionOn(ring: RingClient, codec: CodecPolicy): { held: HeldSession; fresh?: number[] } {
    const before = this.#held?.codec === codec ? this.#held : undefined;
    const fresh = before && freshStages(before.holders, ring.seats);
    if (before?.ring === ring && !ring.ended && fresh?.length === 0) return { held: before };
    if (before && fresh && fresh.length < ring.seats.length) {
      this.#held = { ...before, ring };
      return { held: this.#held, fresh };
    }
    this.close();
    this.#held = { session: newSessionId(), ring, codec, tokens: [], holders: [] };
    return { held: this.#held };
  }

  /**
   * An answer that has not begun is paid for where its prompt was computed last: what this answer alone has put into the caches
   * is computed again there.
   */
  #forgetUnpaid(generated: readonly number[], { resume = [] }: GenerateOptions): void {
    if (!this.#held || generated.length > 0 || resume.length > 0) return;
    this.#held.tokens.length = Math.min(this.#held.tokens.length, this.#cachedTokens);
  }

  /** What the entry of a ring lacks, where stages behind it hold it. */
  #replay({ ring, session }: HeldSession, ids: readonly number[]): void {
    for (let position = 0; position < ids.length; position += PREFILL_CHUNK_TOKENS) {
      const flags = position === 0 ? FRAME_FLAGS.rollback : 0;
      ring.replay(session, { position, ids: ids.slice(position, position + PREFILL_CHUNK_TOKENS), flags });
    }
  }

  /** Computes what the stages do not hold yet, in chunks that overlap across stages; the last one samples. */
  async #prefill(held: HeldSession, history: readonly number[], options: GenerateOptions): Promise<ResultRow[]> {
    const from = heldPrefix(held, history);
    held.tokens.length = from;
    const chunkTokens = options.chunkTokens ?? PREFILL_CHUNK_TOKENS;
    const inFlight: Promise<LapResult>[] = [];
    let result: LapResult | undefined;
    for (let position = from; position < history.length; ) {
      const most = Math.min(chunkTokens, await held.ring.prefillTurn(held.session));
      if (options.signal?.aborted) throw new PoolError('cancelled', 'The answer was cancelled.');
      const ids = history.slice(position, position + most);
      const isLast = position + ids.length === history.length;
      const flags = (position === from ? FRAME_FLAGS.rollback : 0) | (isLast ? FRAME_FLAGS.sample : 0);
      const lap = held.ring.lap(held.session, { position, ids, flags, isPrefill: true });
      position += ids.length;
      // Each is awaited below; this keeps a failure of a later one from counting as unhandled meanwhile.
      lap.catch(() => {});
      inFlight.push(lap);
      if (inFlight.length >= MAX_CHUNKS_IN_FLIGHT) result = await inFlight.shift();
    }
    for (const lap of inFlight) result = await lap;
    held.tokens.push(...history.slice(from));
    held.holders = held.ring.seats;
    checkRows(result!.rows, 1);
    options.onLap?.({ lap: result!, ring: held.ring, isPrefill: true, gained: 1 });
    return result!.rows;
  }
}

/** Positions that need not be computed again: at least one row must be, to have something to sample from. */
const heldPrefix = (held: HeldSession, history: readonly number[]): number =>
  Math.min(commonPrefix(held.tokens, history), history.length - 1);

const isFull = (prompt: readonly number[], ids: readonly number[], options: GenerateOptions): boolean =>
  ids.length >= options.maxTokens || (ids.length > 0 && prompt.length + ids.length >= options.maxContext);
