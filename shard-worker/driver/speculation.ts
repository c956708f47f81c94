// One answer's drafting: asks the drafter for as many tokens as have paid of late, and keeps the count. A drafter that
// fails, stalls or guesses nonsense costs its guesses and never the answer.
import type { Sampling } from '../../protocol/sampling.ts';
import { DraftLength } from './draft-length.ts';
import type { Drafter } from './drafter.ts';

/** A guess that takes longer than this saves no lap. The first one may have a long prompt to compute. */
const DRAFT_TIMEOUT_MS = 5_000;

export interface SpeculationCounts {
  drafted: number;
  accepted: number;
  /** What drafted last; `none` before anything was drafted. */
  drafter: 'none' | 'ngram' | 'model';
}

/** Of several choices. */
export function totalOf(guesses: readonly Pick<Speculation, 'counts'>[]): SpeculationCounts {
  const total: SpeculationCounts = { drafted: 0, accepted: 0, drafter: 'none' };
  for (const { counts } of guesses) {
    total.drafted += counts.drafted;
    total.accepted += counts.accepted;
    if (counts.drafter !== 'none') total.drafter = counts.drafter;
  }
  return total;
}

export class Speculation {
  readonly #source: () => Drafter | undefined;
  readonly #timeoutMs: number;
  readonly #length = new DraftLength();
  readonly #used = new Set<Drafter>();
  readonly counts: SpeculationCounts = { drafted: 0, accepted: 0, drafter: 'none' };
  #last: { drafter: Drafter; count: number } | undefined;
  #isOff = false;

  /** `source` is asked before each guess: a better drafter may have come. */
  constructor(source: () => Drafter | undefined, timeoutMs = DRAFT_TIMEOUT_MS) {
    this.#source = source;
    this.#timeoutMs = timeoutMs;
  }

  /** Tokens for the lap that comes, at most `room`; [] to send none. Never rejects. */
  async propose(history: readonly number[], room: number, sampling: Sampling): Promise<number[]> {
    this.#last = undefined;
    if (this.#isOff || room < 1) return [];
    try {
      const drafter = this.#source();
      const most = drafter ? Math.min(room, this.#length.next()) : 0;
      if (!drafter || most < 1) return [];
      this.#used.add(drafter);
      const guess = await this.#inTime(drafter.propose({ history, most, sampling }));
      const ids = guess.slice(0, most);
      if (!ids.every((id) => Number.isInteger(id) && id >= 0 && id <= 0x7fff_ffff))
        throw new RangeError('No token ids.');
      if (ids.length > 0) this.#last = { drafter, count: ids.length };
      return ids;
    } catch {
      this.#isOff = true;
      return [];
    }
  }

  /** What the lap said of the last guess; nothing if there was none. */
  learn(accepted: number): void {
    const last = this.#last;
    if (!last) return;
    this.#last = undefined;
    this.counts.drafted += last.count;
    this.counts.accepted += accepted;
    this.counts.drafter = last.drafter.kind;
    this.#length.learn(last.count, accepted);
    last.drafter.accepted?.(accepted);
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
