// Filler on a link: single bytes while it is in use, so that radios stay awake and what is lost is noticed at once and not
// after a timeout; and a first load of it, so that congestion windows are open before a prompt needs them.
import { SLICE_BYTES } from '../../protocol/limits.ts';
import type { MessageChannelLike } from './message-channel.ts';

/** First byte of a message that says nothing. */
export const FILLER_MAGIC = 0xcc;
/** A packet that was lost is sent again when three after it arrived: with this pace some 30 ms later, not 400 (SCTP's timeout). */
const KEEP_ALIVE_MS = 10;
/** A lane has bytes behind its last slice for so long: the three, and one for luck. */
const WATCHED_MS = 45;
/** A link on which no frame went or came for so long is left alone. */
const IDLE_AFTER_MS = 1_000;
/** Bytes that a lane carries at first: slow start from 12 KB opens its window to about this much in three round trips. */
const WARM_UP_BYTES = 64 * 1024;

const newFiller = (bytes: number): Uint8Array<ArrayBuffer> => {
  const filler = new Uint8Array(bytes);
  filler[0] = FILLER_MAGIC;
  return filler;
};

/** What a lane that has just become ready is given to send. */
export const warmUpMessages = (): Uint8Array<ArrayBuffer>[] =>
  Array.from({ length: Math.ceil(WARM_UP_BYTES / SLICE_BYTES) }, () => newFiller(SLICE_BYTES));

/** What a keep-alive needs of a link. */
export interface KeepAliveRim {
  lanes(): readonly MessageChannelLike[];
  /** Sends one byte. */
  send(lane: MessageChannelLike, filler: Uint8Array<ArrayBuffer>): void;
}

export class KeepAlive {
  readonly #rim: KeepAliveRim;
  /** When a lane was last given something that no other lane carries. */
  readonly #soleMs = new WeakMap<MessageChannelLike, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #usedMs = 0;
  #sentMs = 0;
  #turn = 0;

  constructor(rim: KeepAliveRim) {
    this.#rim = rim;
  }

  /** A frame goes or came. */
  used(isSent: boolean): void {
    this.#usedMs = performance.now();
    if (isSent) this.#sentMs = this.#usedMs;
    this.#timer ??= setInterval(() => this.#beat(), KEEP_ALIVE_MS);
  }

  /** What this lane carries is lost with it: bytes behind it tell of a loss. */
  carriesAlone(lane: MessageChannelLike): void {
    this.#soleMs.set(lane, performance.now());
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    const nowMs = performance.now();
    if (nowMs - this.#usedMs > IDLE_AFTER_MS) {
      this.stop();
      return;
    }
    const lanes = this.#rim.lanes();
    const watched = lanes.filter((lane) => nowMs - (this.#soleMs.get(lane) ?? 0) < WATCHED_MS);
    // A frame of this moment is as good as filler.
    if (watched.length === 0 && nowMs - this.#sentMs < KEEP_ALIVE_MS) return;
    this.#turn = (this.#turn + 1) % lanes.length;
    for (const lane of watched.length > 0 ? watched : [lanes[this.#turn]!]) this.#rim.send(lane, newFiller(1));
  }
}
