// What a driver knows of an answer whose loop runs at the entry: what the entry says that it fed, joined lap by lap with what the exit
// says that it sampled. An id counts when both agree on all that came before it, so neither can make up an answer alone. Pure.
import { PoolError } from '../../protocol/errors.ts';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { LOOP_AHEAD_TOKENS, MAX_CHUNKS_IN_FLIGHT, MAX_DRAFT_WINDOW } from '../../protocol/limits.ts';
import type { ResultRow } from '../ring/result-rows.ts';

/** A lap as the entry says that it sent it. */
export interface FedLap {
  readonly lap: number;
  /** That of the first of its ids. */
  readonly position: number;
  readonly ids: readonly number[];
  readonly flags: number;
}

/** What a word of one end brought. */
export interface Joined {
  /** Rows that count now, in order. */
  readonly rows: ResultRow[];
  /** Laps that both ends have told of now. */
  readonly laps: number;
}

/** Laps that one end has told of and the other has not: a whole window, or a prompt's chunks, where one link stands still. */
const MAX_WAITING = LOOP_AHEAD_TOKENS + MAX_DRAFT_WINDOW + MAX_CHUNKS_IN_FLIGHT;
/** Laps that may be on their way when a guess turns out wrong: a window is sent in four, and the one before may still be out. */
const MAX_ASTRAY = 8;
/** Tokens that a loop can be ahead of its driver, who signs for what it has a while later. */
const MAX_MISSED = 2 * (LOOP_AHEAD_TOKENS + MAX_DRAFT_WINDOW);

/**
 * @example
 * const log = new TokenLog(prompt);
 * log.fed({ lap: 1, position: 0, ids: prompt, flags: FRAME_FLAGS.sample });
 * for (const row of log.sampled(1, rows).rows) show(row.id);
 */
export class TokenLog {
  /** The prompt, then what was sampled: each of these is beyond doubt for whoever believes not both ends. */
  readonly #verified: number[];
  readonly #mayGuess: boolean;
  /** What the stages hold, by the entry's word; undefined until it has said where it begins. */
  #cache: number[] | undefined;
  /** So many of the first positions of both are the same. */
  #agreed = 0;
  #fed: FedLap[] = [];
  #results: { lap: number; rows: readonly ResultRow[] }[] = [];
  /** Laps over a wrong id that was not taken back. */
  #astray = 0;
  #missed = 0;

  /** `known`: the prompt, and ids of the answer that are known already. `mayGuess`: the entry was asked to. */
  constructor(known: readonly number[], mayGuess = true) {
    this.#verified = [...known];
    this.#mayGuess = mayGuess;
  }

  /** Positions whose ids are known. */
  get length(): number {
    return this.#verified.length;
  }

  /** The loop has another session in the ring: what is known stays, and its caches hold what it says. */
  begin(lap: number): void {
    this.#fed = [];
    this.#results = this.#results.filter((result) => result.lap > lap);
    this.#cache = undefined;
    this.#agreed = 0;
    this.#astray = 0;
  }

  /** Throws `stage-failed` where the entry says what cannot be, `lap-timeout` where one end is silent. */
  fed(lap: FedLap): Joined {
    this.#fed.push(lap);
    return this.#join();
  }

  /** The same for what the exit says: a row for each that the lap asked for. Throws `link-failed` where a lap's are missing. */
  sampled(lap: number, rows: readonly ResultRow[]): Joined {
    this.#results.push({ lap, rows });
    return this.#join();
  }

  /** What was missed, by the entry's word alone. Gives the rows that are new. */
  missed(position: number, rows: readonly ResultRow[]): ResultRow[] {
    if (position > this.length) throw lie('The entry says that it left positions out.');
    const known = rows.slice(0, this.length - position);
    if (known.some(({ id }, at) => this.#verified[position + at] !== id)) {
      throw lie('The entry says another token than both ends gave.');
    }
    const news = rows.slice(known.length);
    this.#missed += news.length;
    if (this.#missed > MAX_MISSED) throw lie('The entry says more tokens than a loop can be ahead.');
    this.#verified.push(...news.map(({ id }) => id));
    return news;
  }

  #join(): Joined {
    const counted: ResultRow[] = [];
    let laps = 0;
    for (let [fed] = this.#fed; fed; [fed] = this.#fed) {
      // Laps that nobody told of here were an earlier answer's.
      while (this.#results[0] && this.#results[0].lap < fed.lap) this.#results.shift();
      const [result] = this.#results;
      if (!result) break;
      if (result.lap !== fed.lap) throw new PoolError('link-failed', 'A lap of the exit did not come.');
      this.#fed.shift();
      this.#results.shift();
      this.#feed(fed);
      counted.push(...this.#take(fed, result.rows));
      laps++;
    }
    if (this.#fed.length > MAX_WAITING || this.#results.length > MAX_WAITING) {
      throw new PoolError('lap-timeout', 'One end of the coalition tells of far more laps than the other.');
    }
    return { rows: counted, laps };
  }

  #feed({ position, ids }: FedLap): void {
    // What was held before is what the entry says: the exit's next word shows whether it is so.
    this.#cache ??= this.#verified.slice(0, position);
    if (position > this.#cache.length) throw lie('The entry says that it left positions out.');
    this.#cache.length = position;
    this.#cache.push(...ids);
    this.#agreed = Math.min(this.#agreed, position);
    this.#agree();
  }

  #agree(): void {
    const cache = this.#cache ?? [];
    const most = Math.min(cache.length, this.#verified.length);
    while (this.#agreed < most && cache[this.#agreed] === this.#verified[this.#agreed]) this.#agreed++;
  }

  #take({ position, ids, flags }: FedLap, rows: readonly ResultRow[]): ResultRow[] {
    const isAll = (flags & FRAME_FLAGS.sampleAll) !== 0;
    const first = isAll ? position + 1 : position + ids.length;
    const wanted = isAll ? ids.length : flags & FRAME_FLAGS.sample ? 1 : 0;
    if (rows.length !== wanted) throw lie(`The exit answered ${rows.length} tokens to ${wanted} rows.`);
    const counted: ResultRow[] = [];
    for (const [index, row] of rows.entries()) {
      const next = first + index;
      // Behind a guess that was wrong, or at a position that is known.
      if (next !== this.#verified.length || this.#agreed < next) continue;
      this.#verified.push(row.id);
      counted.push(row);
      this.#agree();
    }
    this.#watch(counted.length > 0);
    return counted;
  }

  /** Laps that were on their way when a guess turned out wrong mean nothing, and there are only so many of them. */
  #watch(isOn: boolean): void {
    const isWrong = this.#agreed < Math.min(this.#cache?.length ?? 0, this.#verified.length);
    this.#astray = isWrong && !isOn ? this.#astray + 1 : 0;
    if (this.#astray > (this.#mayGuess ? MAX_ASTRAY : 0))
      throw lie('The entry goes on after another token than the exit gave.');
  }
}

const lie = (message: string): PoolError => new PoolError('stage-failed', message);
