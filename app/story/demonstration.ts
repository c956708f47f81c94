// One demonstration: a ring within the page, the answer that it computes now, and the hops of it as they pass. Draws nothing.
import { PoolError } from '../../protocol/errors.ts';
import type { PoolRef } from '../../protocol/ids.ts';
import { ValueStore } from '../../protocol/value-store.ts';
import type { Hop, PageAnswer, PageRing, PageRingState } from '../../shard-worker/page-ring.ts';
import { type ShownError, showError } from '../state/show-error.ts';

/** The site's own model: small, and served from here. */
export const SHOWN_MODEL: PoolRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
export const SHOWN_STAGES = 3;
const MAX_TOKENS = 64;

/** So long that eyes can follow a hop. */
export const SLOW_MS = 150;
/** Hops that are told in words: those of some two laps. */
const KEPT_HOPS = 8;
/** As often as a screen shows. */
const TELL_EVERY_MS = 16;

export interface DemonstrationState {
  phase: 'loading' | 'asking' | 'done' | 'failed';
  question: string;
  text: string;
  ring?: PageRingState;
  /** Newest first. */
  hops: readonly NumberedHop[];
  /** Since the question. */
  hopCount: number;
  /** What is on a wire now: one hop, or the exit's two to whoever waits for its token. */
  flying: readonly NumberedHop[];
  /** The last time in the model of each stage, milliseconds. */
  stageMs: readonly (number | undefined)[];
  answer?: PageAnswer;
  error?: ShownError;
}

export type NumberedHop = Hop & { number: number };

export type OpenRing = (options: { pool: PoolRef; stages: number; maxTokens: number }) => PageRing;

const FRESH = { text: '', hops: [], hopCount: 0, flying: [] } as const;

export class Demonstration {
  readonly state: ValueStore<DemonstrationState>;
  readonly #open: OpenRing;
  #ring: PageRing | undefined;
  #asking: AbortController | undefined;
  #slowMs = 0;
  #told: DemonstrationState;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(open: OpenRing, question: string) {
    this.#open = open;
    this.#told = { phase: 'loading', question, ...FRESH, stageMs: [] };
    this.state = new ValueStore<DemonstrationState>(this.#told);
  }

  /** Asks the ring; forms it first where there is none, or none any more. */
  async play(question: string): Promise<void> {
    const ring = this.#ring ?? this.#form();
    const asking = new AbortController();
    this.#asking?.abort();
    this.#asking = asking;
    const isReady = ring.state.get().phase === 'ready';
    const { ring: shown } = this.#told;
    this.#set({
      phase: isReady ? 'asking' : 'loading',
      question,
      ...FRESH,
      stageMs: [],
      ...(shown ? { ring: shown } : {}),
    });
    try {
      const answer = await ring.ask(question, {
        signal: asking.signal,
        onText: (delta) => this.#soon({ text: this.#told.text + delta }),
        onHop: (hop) => this.#hop(hop),
      });
      this.#set({ ...this.#told, phase: 'done', text: answer.text, flying: [], answer });
    } catch (cause) {
      if (asking.signal.aborted) return;
      const isGone = ring.state.get().phase === 'failed';
      if (isGone) this.#ring = undefined;
      this.#set({ ...this.#told, phase: 'failed', flying: [], error: showError(PoolError.from(cause)) });
    }
  }

  /** Holds each hop back, or lets all go. */
  slow(isSlow: boolean): void {
    this.#slowMs = isSlow ? SLOW_MS : 0;
    this.#ring?.holdBack(this.#slowMs);
  }

  close(): void {
    this.#asking?.abort();
    clearTimeout(this.#timer);
    this.#ring?.close();
    this.#ring = undefined;
  }

  #form(): PageRing {
    const ring = this.#open({ pool: SHOWN_MODEL, stages: SHOWN_STAGES, maxTokens: MAX_TOKENS });
    this.#ring = ring;
    ring.holdBack(this.#slowMs);
    ring.state.subscribe(() => {
      const state = ring.state.get();
      const isBegun = this.#told.phase === 'loading' && state.phase === 'ready';
      this.#soon({ ring: state, ...(isBegun ? { phase: 'asking' as const } : {}) });
    });
    return ring;
  }

  #hop(passed: Hop): void {
    const { hops, hopCount, flying, stageMs } = this.#told;
    const hop = { ...passed, number: hopCount + 1 };
    const [last] = flying;
    // The exit tells its token to the entry and to whoever asks, at once.
    const isTwin = flying.length === 1 && last?.kind === 'result' && hop.kind === 'result' && last.to !== hop.to;
    const { from, computeMs } = hop;
    this.#soon({
      hopCount: hop.number,
      hops: [hop, ...hops].slice(0, KEPT_HOPS),
      flying: isTwin ? [...flying, hop] : [hop],
      ...(computeMs === undefined ? {} : { stageMs: withStage(stageMs, from, computeMs) }),
    });
  }

  #soon(fields: Partial<DemonstrationState>): void {
    this.#told = { ...this.#told, ...fields };
    this.#timer ??= setTimeout(() => this.#set(this.#told), TELL_EVERY_MS);
  }

  #set(state: DemonstrationState): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = state;
    this.state.set(state);
  }
}

const withStage = (stageMs: DemonstrationState['stageMs'], stage: number, ms: number): (number | undefined)[] =>
  Array.from({ length: SHOWN_STAGES }, (_, at) => (at === stage ? ms : stageMs[at]));
