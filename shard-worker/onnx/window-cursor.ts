// Reads a remote file forwards through windows, so that a graph costs few requests and skipped weights cost none.
// Owns when to fetch and how much; knows no protobuf message.
import type { ByteSource } from '../words/byte-source.ts';
import { predictJumps } from './predict-jumps.ts';
import { type FieldHeader, MAX_HEADER_BYTES, malformed, readHeader } from './protobuf-read.ts';
import { concatBytes } from './protobuf-write.ts';

/** The first window: most small graphs end within two of these. */
const FIRST_WINDOW_BYTES = 64 * 1024;
/** After a jump over weights only the next tensor's header is wanted: about 100 bytes, with small tensors around it. */
const JUMP_WINDOW_BYTES = 4 * 1024;
const MAX_WINDOW_BYTES = 512 * 1024;
/** A window is at most half of what came before it without a jump: so little is read in vain where weights begin. */
const GROWTH = 0.5;
/** Below this, a jump saves fewer bytes than another small request costs in time. */
const SHORT_JUMP_BYTES = 12 * 1024;
/** Guessed windows in flight. Weights inside a file mean hundreds of jumps, a round trip each if made one by one. */
const GUESSES = 16;
/** A guessed window begins this much before its guess, for every step guessed ahead. */
const GUESS_MARGIN_BYTES = 64;

/** A guessed window on its way; `bytes` is undefined when the read failed, and is then made again in earnest. */
interface Guess {
  start: number;
  end: number;
  bytes: Promise<Uint8Array | undefined>;
}

/** A forward-only position in a {@link ByteSource}. */
export class WindowCursor {
  readonly #source: ByteSource;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #leastBytes = FIRST_WINDOW_BYTES;
  #runBytes = 0;
  readonly #landings: number[] = [];
  #guesses: Guess[] = [];
  /** Offset in the file of the next unread byte. */
  position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The header of the field at the position, which does not move. `end` is where the enclosing message ends. */
  async header(end: number): Promise<FieldHeader> {
    const available = Math.min(MAX_HEADER_BYTES, end - this.position);
    await this.#need(available);
    const at = this.position - this.#windowStart;
    const header = readHeader(this.#window, at, at + available);
    const fieldEnd = this.position + header.headerBytes + header.valueBytes;
    if (fieldEnd > end) throw malformed('a field is longer than its message');
    return header;
  }

  /** Takes a copy of the next `count` bytes. */
  async take(count: number): Promise<Uint8Array> {
    await this.#need(count);
    const at = this.position - this.#windowStart;
    this.position += count;
    return this.#window.slice(at, at + count);
  }

  /** Passes over `count` bytes; they are not fetched unless a window already holds them. */
  skip(count: number): void {
    this.position += count;
  }

  async #need(count: number): Promise<void> {
    const windowEnd = this.#windowStart + this.#window.length;
    if (this.position + count <= windowEnd) return;
    const jumpBytes = this.position - windowEnd;
    if (jumpBytes > SHORT_JUMP_BYTES) {
      this.#leastBytes = JUMP_WINDOW_BYTES;
      this.#runBytes = 0;
      this.#landings.push(this.position);
      this.#guessAhead();
      if (await this.#takeGuess(count)) return;
    }
    const kept = jumpBytes < 0 ? this.#window.subarray(this.position - this.#windowStart) : new Uint8Array(0);
    const from = Math.max(this.position, windowEnd);
    const window = Math.min(MAX_WINDOW_BYTES, Math.max(this.#leastBytes, Math.floor(this.#runBytes * GROWTH)));
    const wanted = Math.max(window, count - kept.length);
    const read = await this.#source.read(from, Math.min(wanted, this.#source.size - from));
    this.#window = concatBytes([kept, read]);
    this.#windowStart = this.position;
    this.#runBytes += read.length;
  }

  /** Keeps the next guessed windows in flight, and forgets those that were passed. */
  #guessAhead(): void {
    this.#guesses = this.#guesses.filter((guess) => guess.end > this.position);
    for (const [step, landing] of predictJumps(this.#landings, GUESSES).entries()) {
      const start = landing - GUESS_MARGIN_BYTES * (step + 1);
      const end = Math.min(landing + JUMP_WINDOW_BYTES, this.#source.size);
      const isKnown = this.#guesses.some((guess) => guess.start <= landing && landing < guess.end);
      if (isKnown || start <= this.position || landing >= end || this.#guesses.length >= GUESSES) continue;
      const bytes = this.#source.read(start, end - start).catch(() => undefined);
      this.#guesses.push({ start, end, bytes });
    }
  }

  /** Makes a guessed window the present one, if one covers the next `count` bytes. */
  async #takeGuess(count: number): Promise<boolean> {
    const { position } = this;
    const guess = this.#guesses.find(({ start, end }) => start <= position && position + count <= end);
    const bytes = await guess?.bytes;
    if (!guess || !bytes) return false;
    this.#window = bytes;
    this.#windowStart = guess.start;
    this.#runBytes = bytes.length;
    return true;
  }
}
