// How far ahead of what is verified to draft, and in how many laps to send it: from what guesses, rows and laps have cost and
// brought so far. Pure; every figure is bounded and forgets.
import { MAX_DRAFT_WINDOW } from '../../protocol/limits.ts';

/** A window is sent in so many laps at most. */
const MAX_LAPS_PER_WINDOW = 4;
/** The window grows by at most so many at a time: one lucky run says little. */
const LARGEST_GROWTH = 4;
/** After drafting has stopped paying, it is tried again when so many laps have gone by, with this window. */
const RETRY_LAPS = 24;
const RETRY_WINDOW = 2;

/** Before anything is known: a small model of the same family is right about so often. */
const FIRST_ACCEPTANCE = 0.75;
/** Weight of that guess, in judged tokens. */
const FIRST_WEIGHT = 4;
/** Judged tokens that are remembered: a change of topic shows within about this many. */
const MEMORY_TOKENS = 24;
const MEMORY_LAPS = 16;
/**
 * What a row behind a window's first lap costs, as a share of its time: it is computed while the driver would wait anyway,
 * but others wait for it, and the lap that follows a miss may.
 */
const OVERLAP_WEIGHT = 0.5;
/** A row costs at least this: a fit of nothing must not make drafting free. */
const LEAST_ROW_MS = 0.05;

/** A lap that is over, for the fit. */
export interface LapCost {
  /** Rows that were computed. */
  rows: number;
  lapMs: number;
  /** Milliseconds in the stages, waiting aside: of all of them, and of the one that took longest. */
  ringMs: number;
  stageMs: number;
  /** No other lap of this session was on its way: its time is the ring's and not a queue's. */
  isAlone: boolean;
}

export interface DraftPlan {
  /** Drafted tokens that may wait for their verification; 0: do not draft. */
  window: number;
  /** Drafted tokens of a lap. */
  chunk: number;
}

export class DraftWindow {
  #right = FIRST_ACCEPTANCE * FIRST_WEIGHT;
  #judged = FIRST_WEIGHT;
  #draftMs: number | undefined;
  #aloneMs: number | undefined;
  readonly #ring = new LineFit();
  readonly #stage = new LineFit();
  /** Windows of the last plan, and of the plan that the last finished lap was sent by. */
  #planned = 0;
  #settled = 0;
  #idleLaps = 0;

  /** Share of drafted tokens that were right, of those that were compared. */
  get acceptance(): number {
    return this.#right / this.#judged;
  }

  /** For now. */
  plan(): DraftPlan {
    const best = Math.min(this.#best(), this.#settled + LARGEST_GROWTH, MAX_DRAFT_WINDOW);
    this.#planned = best;
    if (best === 0 && this.#idleLaps < RETRY_LAPS) return { window: 0, chunk: 0 };
    const window = Math.max(best, RETRY_WINDOW);
    return { window, chunk: this.#chunk(window) };
  }

  judge(isRight: boolean): void {
    this.#idleLaps = 0;
    this.#right += isRight ? 1 : 0;
    this.#judged++;
    if (this.#judged <= MEMORY_TOKENS) return;
    const kept = MEMORY_TOKENS / this.#judged;
    this.#right *= kept;
    this.#judged *= kept;
  }

  learnDraft(tokens: number, ms: number): void {
    if (tokens > 0) this.#draftMs = blend(this.#draftMs, ms / tokens);
  }

  learnLap({ rows, lapMs, ringMs, stageMs, isAlone }: LapCost): void {
    this.#idleLaps++;
    this.#settled = this.#planned;
    this.#ring.add(rows, ringMs);
    this.#stage.add(rows, stageMs);
    if (isAlone) this.#aloneMs = blend(this.#aloneMs, Math.max(0, lapMs - rows * this.#ring.perRow));
  }

  /** The window that brings most tokens a millisecond; 0 when a plain lap does. */
  #best(): number {
    // Nothing is known of this ring yet: the first guess is modest.
    if (this.#aloneMs === undefined) return LARGEST_GROWTH;
    const acceptance = Math.min(0.995, this.acceptance);
    const draftMs = this.#draftMs ?? 0;
    const rowMs = Math.max(LEAST_ROW_MS, this.#ring.perRow);
    const overlapMs = OVERLAP_WEIGHT * Math.max(LEAST_ROW_MS, this.#stage.perRow, draftMs);
    let best = 0;
    // A plain lap: one row, one token.
    let bestRate = 1 / (this.#aloneMs + rowMs);
    // Expected run of right guesses: the geometric series (Leviathan et al., 2023, equation 1).
    let tokens = 1;
    let chance = 1;
    for (let window = 1; window <= MAX_DRAFT_WINDOW; window++) {
      chance *= acceptance;
      tokens += chance;
      const chunk = this.#chunk(window);
      // The first lap's drafting and rows are waited for; what follows it overlaps, and costs a run more at each stage.
      const firstMs = this.#aloneMs + rowMs + chunk * (draftMs + rowMs);
      const restMs = (window - chunk) * overlapMs + (Math.ceil(window / chunk) - 1) * this.#stage.fixed;
      const rate = tokens / (firstMs + restMs);
      if (rate > bestRate) [best, bestRate] = [window, rate];
    }
    return best;
  }

  /** By the least of `fixed × (laps - 1) + draft × window / laps`: more laps hide drafting, and each costs what a run costs at least. */
  #chunk(window: number): number {
    const laps = Math.sqrt(((this.#draftMs ?? 0) * window) / Math.max(0.5, this.#stage.fixed));
    return Math.ceil(window / Math.max(1, Math.min(MAX_LAPS_PER_WINDOW, window, Math.round(laps))));
  }
}

const blend = (before: number | undefined, sample: number): number =>
  before === undefined ? sample : before + (sample - before) / MEMORY_LAPS;

/** `fixed + perRow × rows` by least squares over the last laps, older ones weighing less. */
class LineFit {
  #weight = 0;
  #rows = 0;
  #ms = 0;
  #rowsRows = 0;
  #rowsMs = 0;

  add(rows: number, ms: number): void {
    const kept = 1 - 1 / MEMORY_LAPS;
    this.#weight = this.#weight * kept + 1;
    this.#rows = this.#rows * kept + rows;
    this.#ms = this.#ms * kept + ms;
    this.#rowsRows = this.#rowsRows * kept + rows * rows;
    this.#rowsMs = this.#rowsMs * kept + rows * ms;
  }

  get perRow(): number {
    const spread = this.#weight * this.#rowsRows - this.#rows ** 2;
    // All laps had as many rows: half of their time is as good a guess as any.
    if (spread < 1e-6 * this.#weight ** 2) return this.#rows === 0 ? 0 : (0.5 * this.#ms) / this.#rows;
    return Math.max(0, Math.min(this.#ms / this.#rows, (this.#weight * this.#rowsMs - this.#rows * this.#ms) / spread));
  }

  get fixed(): number {
    return this.#weight === 0 ? 0 : Math.max(0, (this.#ms - this.perRow * this.#rows) / this.#weight);
  }
}
