// One answer's drafting: says how far ahead to draft, asks the drafter, and keeps the count. A drafter that fails, stalls or
// guesses nonsense costs its guesses and never the answer.
import type { TraceEntry } from '../../protocol/frame.ts';
import type { Sampling } from '../../protocol/sampling.ts';
import { type DraftPlan, DraftWindow } from './draft-window.ts';
import type { Drafter } from './drafter.ts';

/** A guess that takes longer than this saves no lap. The first one may have a long prompt to compute. */
const DRAFT_TIMEOUT_MS = 5_000;

const NO_DRAFTS: DraftPlan = { window: 0, chunk: 0 };

export interface SpeculationCounts {
  drafted: number;
  accepted: number;
  /** What drafted last; `none` before anything was drafted. */
  drafter: 'none' | 'ngram' | 'model';
}

/** Counts of several choices in all. */
export function totalOf(guesses: readonly Pick<Speculation, 'counts'>[]): SpeculationCounts {
  const total: SpeculationCounts = { drafted: 0, accepted: 0, drafter: 'none' };
  for (const { counts } of guesses) {
    total.drafted += counts.drafted;
    total.accepted += counts.accepted;
    if (counts.drafter !== 'none') total.drafter = counts.drafter;
  }
  return total;
}

/** What was learnt, by kind of drafter: another has other costs and is right at other times. */
export type DraftWindows = Map<Drafter['kind'], DraftWindow>;

export interface SpeculationOptions {
  timeoutMs?: number;
  /** Windows that earlier answers over the same rings have learnt. */
  windows?: DraftWindows;
}

export class Speculation {
  readonly #source: () => Drafter | undefined;
  readonly #timeoutMs: number;
  readonly #used = new Set<Drafter>();
  readonly #windows: DraftWindows;
  readonly counts: SpeculationCounts = { drafted: 0, accepted: 0, drafter: 'none' };
  #last: { drafter: Drafter; window: DraftWindow } | undefined;
  #isOff = false;

  /** `source` is asked before each guess: a better drafter may have come. */
  constructor(source: () => Drafter | undefined, options: SpeculationOptions = {}) {
    this.#source = source;
    this.#timeoutMs = options.timeoutMs ?? DRAFT_TIMEOUT_MS;
    this.#windows = options.windows ?? new Map();
  }

  /** How far ahead to draft now. */
  plan(): DraftPlan {
    if (this.#isOff) return NO_DRAFTS;
    try {
      const drafter = this.#source();
      if (!drafter) return NO_DRAFTS;
      const window = this.#windows.get(drafter.kind) ?? new DraftWindow();
      this.#windows.set(drafter.kind, window);
      this.#last = { drafter, window };
      return window.plan();
    } catch {
      this.#isOff = true;
      return NO_DRAFTS;
    }
  }

  /** At most `most` tokens that may follow `history`; [] when there are none. Comes after `plan`. Never rejects. */
  async propose(history: readonly number[], most: number, sampling: Sampling): Promise<number[]> {
    const last = this.#last;
    if (this.#isOff || !last || most < 1) return [];
    this.#used.add(last.drafter);
    const startedMs = performance.now();
    try {
      const guess = await this.#inTime(last.drafter.propose({ history, most, sampling }));
      const ids = guess.slice(0, most);
      if (!ids.every((id) => Number.isInteger(id) && id >= 0 && id <= 0x7fff_ffff))
        throw new RangeError('No token ids.');
      last.window.learnDraft(ids.length, performance.now() - startedMs);
      if (ids.length > 0) this.counts.drafter = last.drafter.kind;
      return ids;
    } catch {
      this.#isOff = true;
      return [];
    }
  }

  /** Drafted tokens were sent. */
  sent(tokens: number): void {
    this.counts.drafted += tokens;
  }

  /** What the coalition said of one of them, from the first on and up to the first that was wrong. */
  judge(isRight: boolean): void {
    if (isRight) this.counts.accepted++;
    this.#last?.window.judge(isRight);
  }

  /** A lap is over. */
  learnLap(lap: { rows: number; lapMs: number; trace: readonly TraceEntry[]; isAlone: boolean }): void {
    const { rows, isAlone, trace } = lap;
    let queueMs = 0;
    let ringMs = 0;
    let stageMs = 0;
    for (const { queueMicros, uploadMicros, computeMicros, readbackMicros } of trace) {
      // Waiting behind other sessions is no reason to send them more rows to wait for.
      queueMs += queueMicros / 1000;
      const ms = (uploadMicros + computeMicros + readbackMicros) / 1000;
      ringMs += ms;
      stageMs = Math.max(stageMs, ms);
    }
    const cost = { rows, isAlone, ringMs, stageMs, lapMs: Math.max(0, lap.lapMs - queueMs) };
    // Laps are of the ring, whoever drafted.
    for (const window of this.#windows.values()) window.learnLap(cost);
  }

  close(): void {
    this.#isOff = true;
    for (const drafter of this.#used) drafter.close();
  }

  #inTime(guess: Promise<number[]>): Promise<number[]> {
    let timer: ReturnType<typeof setTimeout>;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The drafter took too long.')), this.#timeoutMs);
    });
    return Promise.race([guess, late]).finally(() => clearTimeout(timer));
  }
}
