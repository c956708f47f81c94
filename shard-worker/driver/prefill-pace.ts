// How a prompt is read beside answers that are being written: in chunks so small, and so far apart, that those keep their pace. Knows what
// laps of the ring take, by themselves and beside a prompt; the less of a hurry the ring is in, the faster the prompt. Pure.
import type { TraceEntry } from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';

/** A chunk may add so much of a lap's time: 1 / 1.25 of their pace is what answers keep at least, and some is for what nobody foresaw. */
const SHARE = 0.15;
/** Laps may take so many times what they take by themselves; beyond it chunks are sent less often, well within it more often. */
const MOST_TIMES = 1.14;
const FEW_TIMES = 1.07;
/** Smaller ones cost more than they spare: a run has costs of its own. */
const LEAST_ROWS = 8;
/** The least pause that is told from none, of a lap's time; each later one is so many times the one before. */
const FIRST_PAUSE = 0.1;
const LONGER = 1.5;
const SHORTER = 0.8;
/** A prompt gets so much of the ring's time in any case: somebody waits for its first token. */
const LEAST_SHARE = 0.05;
/** Whoever has had no token for so long does not decode. */
const DECODES_MS = 2_000;
/** Weight of the newest of the figures that are kept. */
const NEWEST = 0.2;

export interface PacedLap {
  session: SessionId;
  isPrefill: boolean;
  rows: number;
  lapMs: number;
  trace: readonly TraceEntry[];
}

export interface PrefillTurn {
  /** The next chunk may have so many rows. */
  rows: number;
  waitMs: number;
}

export class PrefillPace {
  readonly #now: () => number;
  /** When a session's last decode lap was. */
  readonly #decoders = new Map<SessionId, number>();
  /** A decode lap by itself, and one row of a prompt over all stages. */
  #aloneMs: number | undefined;
  #rowMs: number | undefined;
  /** Between chunks; what the last prompt left is where the next one begins. */
  #pauseMs: number | undefined;
  #changedMs = Number.NEGATIVE_INFINITY;
  #sentMs = Number.NEGATIVE_INFINITY;
  /** When a chunk was on its way last. */
  #besideMs = Number.NEGATIVE_INFINITY;
  #chunks = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A session that wants to send its next chunk: as many rows as it likes, at once, unless others decode. */
  turn(session: SessionId): PrefillTurn {
    if (!this.#isBeside(session)) return { rows: Number.POSITIVE_INFINITY, waitMs: 0 };
    // Before anything is known: a chunk in each lap.
    this.#pauseMs ??= this.#aloneMs;
    return { rows: this.#rows(), waitMs: Math.max(0, this.#sentMs + (this.#pauseMs ?? 0) - this.#now()) };
  }

  sent({ session, isPrefill }: Pick<PacedLap, 'session' | 'isPrefill'>): void {
    if (!isPrefill) {
      this.#decoders.set(session, this.#now());
      return;
    }
    this.#sentMs = this.#now();
    this.#chunks++;
  }

  /** It came back, or will not. */
  over(lap: Pick<PacedLap, 'session' | 'isPrefill'> & Partial<PacedLap>): void {
    const { isPrefill, rows, lapMs, trace } = lap;
    const isBeside = this.#chunks > 0 || this.#now() - this.#besideMs < (lapMs ?? 0);
    if (isPrefill) {
      this.#chunks--;
      this.#besideMs = this.#now();
    }
    if (rows === undefined || lapMs === undefined || trace === undefined) return;
    if (isPrefill) {
      if (rows >= LEAST_ROWS) this.#rowMs = blend(this.#rowMs, computedMs(trace) / rows);
      return;
    }
    this.#decoders.set(lap.session, this.#now());
    if (isBeside) this.#weigh(lapMs, trace);
    else this.#aloneMs = blend(this.#aloneMs, lapMs);
  }

  forget(session: SessionId): void {
    this.#decoders.delete(session);
  }

  #isBeside(session: SessionId): boolean {
    for (const [other, atMs] of this.#decoders) if (this.#now() - atMs > DECODES_MS) this.#decoders.delete(other);
    return this.#decoders.size > (this.#decoders.has(session) ? 1 : 0);
  }

  #rows(): number {
    const { aloneMs, rowMs } = { aloneMs: this.#aloneMs, rowMs: this.#rowMs };
    if (aloneMs === undefined || rowMs === undefined) return LEAST_ROWS;
    return Math.max(LEAST_ROWS, Math.floor((SHARE * aloneMs) / rowMs));
  }

  /** A decode lap beside a prompt: what it took says whether the prompt is in too much of a hurry. */
  #weigh(lapMs: number, trace: readonly TraceEntry[]): void {
    // Where none has been by itself: without what it waited for.
    this.#aloneMs ??= lapMs - trace.reduce((sum, { queueMicros }) => sum + queueMicros / 1000, 0);
    const nowMs = this.#now();
    // What the last change brings shows a lap later.
    if (nowMs - this.#changedMs < this.#aloneMs) return;
    const times = lapMs / this.#aloneMs;
    const mostMs = (this.#rows() * (this.#rowMs ?? 0)) / LEAST_SHARE;
    let pauseMs = this.#pauseMs ?? this.#aloneMs;
    if (times > MOST_TIMES) pauseMs = Math.max(pauseMs * LONGER, this.#aloneMs * FIRST_PAUSE);
    else if (times < FEW_TIMES) pauseMs *= SHORTER;
    else return;
    this.#pauseMs = Math.min(pauseMs, Math.max(mostMs, this.#aloneMs));
    this.#changedMs = nowMs;
  }
}

const computedMs = (trace: readonly TraceEntry[]): number =>
  trace.reduce((sum, entry) => sum + (entry.uploadMicros + entry.computeMicros + entry.readbackMicros) / 1000, 0);

const blend = (known: number | undefined, ms: number): number =>
  known === undefined ? ms : known + NEWEST * (ms - known);
