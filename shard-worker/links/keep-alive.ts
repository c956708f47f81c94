// Filler on a link: single bytes while it is in use, so that radios stay awake and what is lost is noticed at once and not
// after a timeout; and a first load of it, so that congestion windows are open before a prompt needs them.
import { SLICE_BYTES } from '../../protocol/limits.ts';

/** First byte of a message that says nothing. */
export const FILLER_MAGIC = 0xcc;
/** A lost packet is sent again when packets after it arrived: with this pace some 30 ms later, not 400 (SCTP's timeout). */
const KEEP_ALIVE_MS = 10;
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

export class KeepAlive {
  readonly #beat: (filler: Uint8Array<ArrayBuffer>) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #usedMs = 0;

  /** `beat` sends one byte; called every 10 ms while the link is in use. */
  constructor(beat: (filler: Uint8Array<ArrayBuffer>) => void) {
    this.#beat = beat;
  }

  /** A frame goes or came. */
  used(): void {
    this.#usedMs = performance.now();
    this.#timer ??= setInterval(() => {
      if (performance.now() - this.#usedMs > IDLE_AFTER_MS) this.stop();
      else this.#beat(newFiller(1));
    }, KEEP_ALIVE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
