// One link's pulse, watched from this end: says a ping at each tick, and how long the other end has owed a pong. Answers what the
// other end asks. Pure but for what it sends.
import { encodePulse, parsePulse } from './pulse-words.ts';

export type PulseState = 'alive' | 'late' | 'silent';

/** A tab whose page is blocked or whose worker computes has a sentinel that answers: the longest gap under load was 0.55 s. */
const LATE_MS = 1_500;
/** Silence after which a link is given up: this and three round trips, at most `MAX_SILENT_MS`. */
const SILENT_MS = 2_750;
const MAX_SILENT_MS = 3_750;
/** The first pong may wait for the other tab to be done with connecting. */
const FIRST_PONG_MS = 30_000;
/** Round trips that the least is taken of. */
const ROUND_TRIPS = 16;
/** Pings of a stranger are answered at this pace at most: one that sends more is answered late. */
const MAX_PONGS_PER_TICK = 8;

export class Pulse {
  readonly #send: (message: Uint8Array<ArrayBuffer>) => void;
  #state: PulseState = 'alive';
  /** From here on a pong is owed, by this end's own clock. */
  #sinceMs: number;
  #isFirst = true;
  #number = 0;
  #roundTrips: number[] = [];
  #pongs = 0;

  constructor(send: (message: Uint8Array<ArrayBuffer>) => void, nowMs: number) {
    this.#send = send;
    this.#sinceMs = nowMs;
  }

  get state(): PulseState {
    return this.#state;
  }

  /** How long nothing has come, milliseconds. */
  silentMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  /** This end did not run for a while: nobody is blamed for that. */
  forgive(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Says a ping; the state as it then is. */
  tick(nowMs: number): PulseState {
    this.#pongs = 0;
    this.#number = (this.#number + 1) >>> 0;
    this.#send(encodePulse({ kind: 'ping', number: this.#number, atMs: nowMs }));
    const silentMs = nowMs - this.#sinceMs;
    const [late, silent] = this.#isFirst ? [FIRST_PONG_MS, FIRST_PONG_MS] : [LATE_MS, this.#limitMs()];
    this.#state = silentMs >= silent ? 'silent' : silentMs >= late ? 'late' : 'alive';
    return this.#state;
  }

  /** What the other end sent; whatever it cannot read it leaves alone. */
  hear(bytes: Uint8Array, nowMs: number): PulseState {
    const word = parsePulse(bytes);
    if (word?.kind === 'ping' && this.#pongs < MAX_PONGS_PER_TICK) {
      this.#pongs++;
      this.#send(encodePulse({ ...word, kind: 'pong' }));
    }
    // A pong to no ping of the last minute is no answer.
    if (word?.kind === 'pong' && word.number <= this.#number && this.#isOwnTime(word.atMs, nowMs)) {
      this.#isFirst = false;
      this.#sinceMs = nowMs;
      this.#state = 'alive';
      this.#roundTrips = [...this.#roundTrips, nowMs - word.atMs].slice(-ROUND_TRIPS);
    }
    return this.#state;
  }

  #limitMs(): number {
    const leastMs = this.#roundTrips.length === 0 ? 0 : Math.min(...this.#roundTrips);
    return Math.min(MAX_SILENT_MS, SILENT_MS + 3 * leastMs);
  }

  #isOwnTime(atMs: number, nowMs: number): boolean {
    return atMs <= nowMs && nowMs - atMs < 60_000;
  }
}
