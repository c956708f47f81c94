// Joins fragments into frames and hands them on in the order of their session. Fragments may come over several channels, in
// any order and more than once; a frame waits for the one before it in its own session and for no other. Pure; bounded.
import { PoolError } from './errors.ts';
import { type Fragment, type FramePlace, readFragment } from './fragment.ts';
import { MAX_FRAME_BYTES } from './limits.ts';

/** Frames that a sender may be ahead of the oldest one that is missing here: bounds what is remembered of a hostile peer. */
const WINDOW_FRAMES = 4096;

interface Unfinished extends FramePlace {
  bodies: (Uint8Array | undefined)[];
  missing: number;
  bytes: number;
}

export interface FrameJoinerLimits {
  /** Frames of which some fragments are here, and those that wait for another frame. */
  frames: number;
  /** Their bytes together. */
  bytes: number;
}

export class FrameJoiner {
  readonly #onFrame: (frame: Uint8Array) => void;
  readonly #limits: FrameJoinerLimits;
  readonly #open = new Map<number, Unfinished>();
  /** Whole frames by the number of the one that must come before. */
  readonly #waiting = new Map<number, FramePlace & { frame: Uint8Array }>();
  readonly #waitingNumbers = new Set<number>();
  /** All frames up to this one were handed on; `#beyond` are those after it that were as well. */
  #low = 0;
  readonly #beyond = new Set<number>();
  #heldBytes = 0;

  /** `onFrame` is called within `push`; the bytes are its to keep. */
  constructor(onFrame: (frame: Uint8Array) => void, limits: Partial<FrameJoinerLimits> = {}) {
    this.#onFrame = onFrame;
    this.#limits = { frames: 256, bytes: 2 * MAX_FRAME_BYTES, ...limits };
  }

  /** Takes one message. Throws `bad-frame`; a frame that was refused when it was whole is not taken again. */
  push(message: Uint8Array): void {
    const fragment = readFragment(message);
    const { number } = fragment;
    if (this.#isOver(number) || this.#waitingNumbers.has(number)) return; // A copy of what came another way.
    if (number > this.#low + WINDOW_FRAMES) throw new PoolError('bad-frame', 'A frame is too far ahead of the others.');
    if (fragment.count === 1) this.#complete(fragment, fragment.body);
    else this.#add(fragment);
  }

  #isOver(number: number): boolean {
    return number <= this.#low || this.#beyond.has(number);
  }

  #add({ number, previous, count, index, body }: Fragment): void {
    const open = this.#open.get(number);
    if (open && (open.bodies.length !== count || open.previous !== previous))
      throw new PoolError('bad-frame', 'Fragments of one frame disagree about it.');
    if (open?.bodies[index]) return;
    this.#checkRoom(body.byteLength, open ? 0 : 1);
    const frame = open ?? { number, previous, bodies: new Array(count), missing: count, bytes: 0 };
    frame.bodies[index] = body;
    frame.bytes += body.byteLength;
    frame.missing--;
    this.#heldBytes += body.byteLength;
    if (!open) this.#open.set(number, frame);
    if (frame.missing > 0) return;
    this.#open.delete(number);
    this.#heldBytes -= frame.bytes;
    this.#complete(frame, join(frame));
  }

  #complete(place: FramePlace, frame: Uint8Array): void {
    const { number, previous } = place;
    if (previous === 0 || this.#isOver(previous)) {
      this.#handOn(number, frame);
      return;
    }
    if (this.#waiting.has(previous)) throw new PoolError('bad-frame', 'Two frames come after the same one.');
    this.#checkRoom(frame.byteLength, 1);
    this.#heldBytes += frame.byteLength;
    this.#waiting.set(previous, { number, previous, frame });
    this.#waitingNumbers.add(number);
  }

  /** And the frames that waited for it, one after another. */
  #handOn(number: number, frame: Uint8Array): void {
    this.#remember(number);
    this.#onFrame(frame);
    for (let before = number; ; ) {
      const next = this.#waiting.get(before);
      if (!next) return;
      this.#waiting.delete(before);
      this.#waitingNumbers.delete(next.number);
      this.#heldBytes -= next.frame.byteLength;
      this.#remember(next.number);
      this.#onFrame(next.frame);
      before = next.number;
    }
  }

  #remember(number: number): void {
    this.#beyond.add(number);
    while (this.#beyond.delete(this.#low + 1)) this.#low++;
  }

  #checkRoom(bytes: number, frames: number): void {
    if (this.#open.size + this.#waiting.size + frames > this.#limits.frames)
      throw new PoolError('bad-frame', 'Too many unfinished frames.');
    if (this.#heldBytes + bytes > this.#limits.bytes) throw new PoolError('bad-frame', 'Too many unfinished bytes.');
  }
}

function join({ bodies, bytes }: Unfinished): Uint8Array {
  const frame = new Uint8Array(bytes);
  let at = 0;
  for (const body of bodies) {
    frame.set(body!, at);
    at += body!.byteLength;
  }
  return frame;
}
