// Decoding of one answer over one session: keeps a run of tokens of which the first are verified and the others drafted, sends
// what is new while earlier laps are on their way, and takes back what was guessed wrong. Every lap says what follows each of its
// rows, so plain decoding is the run that drafts nothing.
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Seat } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import type { DraftPlan } from './draft-window.ts';
import type { Generated, GenerateOptions } from './generate-options.ts';
import type { LapResult, RingClient } from './ring-client.ts';

/** The session at the stages. */
export interface HeldSession {
  session: SessionId;
  ring: RingClient;
  /** How hidden states travelled into these caches. */
  codec: CodecPolicy;
  /** Tokens whose keys and values all of the `holders` hold, as far as they are verified. */
  tokens: number[];
  /** Seats that a lap of these tokens came back from last: those of another ring, until one has come back over this one. */
  holders: readonly Seat[];
}

export interface DecodeStart {
  held: HeldSession;
  promptTokens: number;
  /** Ids of the answer; new ones are added. */
  generated: number[];
  /** Prompt and answer so far, all of them computed. Becomes the run's own. */
  history: number[];
}

/** A lap on its way. */
interface Lap {
  position: number;
  rows: number;
  /** A token before its rows turned out wrong: what comes back means nothing. */
  isStale: boolean;
  isAlone: boolean;
  /** What was waited for before it could leave. */
  draftMs: number;
  settled: Promise<void>;
  result?: LapResult;
  error?: PoolError;
}

const NO_DRAFTS: DraftPlan = { window: 0, chunk: 0 };

export class DecodeRun {
  readonly #held: HeldSession;
  readonly #options: GenerateOptions;
  readonly #generated: number[];
  /** Verified tokens, then drafted ones. */
  readonly #tokens: number[];
  #verified: number;
  /** Positions before this were sent. */
  #sent: number;
  /** No position at or behind this may be computed: the last token of the answer never is. */
  readonly #limit: number;
  readonly #promptTokens: number;
  readonly #laps: Lap[] = [];
  /** Stages hold, or will, rows at or behind `#sent`: the next lap writes over them. */
  #isAhead = false;
  /** The drafter knows nothing more until something is verified. */
  #isDry = false;
  /** Time that drafting took while no lap was on its way, since the last lap left. */
  #draftMs = 0;

  constructor({ held, promptTokens, generated, history }: DecodeStart, options: GenerateOptions) {
    this.#held = held;
    this.#options = options;
    this.#generated = generated;
    this.#tokens = history;
    this.#verified = history.length;
    this.#sent = history.length;
    this.#promptTokens = promptTokens;
    this.#limit = Math.min(promptTokens + options.maxTokens, options.maxContext) - 1;
  }

  /** `first`: the rows that the prefill brought. Rejects with what a lap failed with. */
  async run(first: readonly ResultRow[]): Promise<Generated['finishReason']> {
    const { signal, sampling, speculation } = this.#options;
    for (const row of first) {
      const finish = this.#emit(row);
      if (finish) return finish;
    }
    for (;;) {
      if (signal?.aborted) return 'cancelled';
      const finish = this.#takeSettled();
      if (finish) return finish;
      const rest = this.#options.rest?.(this.#verified, this.#laps.length);
      if (rest) {
        await Promise.race([rest, ...this.#laps.slice(0, 1).map(({ settled }) => settled)]);
        continue;
      }
      const plan = speculation?.plan() ?? NO_DRAFTS;
      const missing = this.#missing(plan);
      if (missing > 0) {
        const isWaited = this.#laps.length === 0;
        const startedMs = performance.now();
        const drafts = (await speculation?.propose(this.#tokens, missing, sampling)) ?? [];
        if (isWaited) this.#draftMs += performance.now() - startedMs;
        // While it drafted a lap may have come back: that is looked at before anything is sent.
        this.#add(drafts);
        if (drafts.length < missing) this.#isDry = true;
      } else if (this.#sent < this.#tokens.length) this.#send();
      else await this.#laps[0]!.settled;
    }
  }

  /** Drafted tokens that the next lap still lacks. */
  #missing({ window, chunk }: DraftPlan): number {
    if (this.#isDry) return 0;
    const ahead = this.#tokens.length - this.#verified;
    const unsent = this.#tokens.length - Math.max(this.#sent, this.#verified);
    // A lap of a few rows costs nearly what one of many does: while others are on their way there is time to wait for room.
    if (this.#laps.length > 0 && window - ahead < chunk - unsent) return 0;
    return Math.max(0, Math.min(chunk - unsent, window - ahead, this.#limit - this.#tokens.length));
  }

  #add(drafts: readonly number[]): void {
    for (const id of drafts) {
      this.#tokens.push(id);
      // Behind an end there is nothing to guess.
      if (!this.#options.eosIds.has(id)) continue;
      this.#isDry = true;
      return;
    }
  }

  #send(): void {
    const { ring, session } = this.#held;
    const position = this.#sent;
    const ids = this.#tokens.slice(position);
    const sample = ids.length > 1 ? FRAME_FLAGS.sampleAll : FRAME_FLAGS.sample;
    const flags = sample | (this.#isAhead ? FRAME_FLAGS.rollback : 0);
    const lap: Lap = {
      position,
      rows: ids.length,
      isStale: false,
      isAlone: this.#laps.length === 0,
      draftMs: this.#draftMs,
      settled: ring.lap(session, { position, ids, flags }).then(
        (result) => {
          lap.result = result;
        },
        (cause) => {
          lap.error = PoolError.from(cause);
        },
      ),
    };
    this.#draftMs = 0;
    this.#laps.push(lap);
    this.#sent = this.#tokens.length;
    this.#isAhead = false;
    this.#options.speculation?.sent(this.#tokens.length - Math.max(position, this.#verified));
  }

  /** Looks at the laps that are back, in their order. Throws what one failed with. */
  #takeSettled(): Generated['finishReason'] | undefined {
    for (let lap = this.#laps[0]; lap && (lap.result || lap.error); lap = this.#laps[0]) {
      this.#laps.shift();
      if (lap.error) throw lap.error;
      const before = this.#verified;
      const finish = lap.isStale ? undefined : this.#take(lap, lap.result!.rows);
      const { ring } = this.#held;
      const { rows, isAlone, result, draftMs } = lap;
      this.#options.speculation?.learnLap({ rows, isAlone, lapMs: result!.lapMs, trace: result!.trace });
      this.#options.onLap?.({ lap: result!, ring, isPrefill: false, gained: this.#verified - before, draftMs });
      if (finish) return finish;
    }
    return undefined;
  }

  #take(lap: Lap, rows: readonly ResultRow[]): Generated['finishReason'] | undefined {
    checkRows(rows, lap.rows);
    for (const [index, row] of rows.entries()) {
      const next = lap.position + index + 1;
      this.#held.tokens.push(this.#tokens[next - 1]!);
      const isDrafted = next < this.#tokens.length;
      const isRight = this.#tokens[next] === row.id;
      // A draft that has not left yet saved nothing.
      if (isDrafted && next < this.#sent) this.#options.speculation?.judge(isRight);
      if (isDrafted && !isRight) this.#takeBack(next);
      const finish = this.#emit(row);
      if (finish) return finish;
      if (isDrafted && !isRight) return undefined;
    }
    return undefined;
  }

  /** Positions from `next` on were guessed wrong. */
  #takeBack(next: number): void {
    this.#tokens.length = next;
    for (const lap of this.#laps) lap.isStale = true;
    if (this.#sent > next) this.#isAhead = true;
    this.#sent = Math.min(this.#sent, next);
  }

  /** A token that the coalition sampled: it may be in the run already, as the draft that was right. */
  #emit(row: ResultRow): Generated['finishReason'] | undefined {
    const { eosIds, onToken, maxTokens, maxContext } = this.#options;
    this.#tokens[this.#verified] = row.id;
    this.#verified++;
    this.#isDry = false;
    if (eosIds.has(row.id)) return 'stop';
    this.#generated.push(row.id);
    if (onToken(row, this.#held.ring.epoch)) return 'stop';
    const { length } = this.#generated;
    return length >= maxTokens || this.#promptTokens + length >= maxContext ? 'length' : undefined;
  }
}

/** A sampled token for each row that asked for one. */
export function checkRows(rows: readonly ResultRow[], wanted: number): void {
  if (rows.length === wanted) return;
  throw new PoolError('stage-failed', `The exit stage answered ${rows.length} tokens to ${wanted} rows.`);
}
