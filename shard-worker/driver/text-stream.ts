// Token ids in, text out: never splits a character, and holds back what may become a stop string.

/** How many of the last ids give the decoder its left context (spaces and byte pieces depend on neighbours). */
const CONTEXT_TOKENS = 6;
const REPLACEMENT = '\ufffd';

export interface TextStreamOptions {
  /** Decodes ids to text, special tokens left out. */
  decode(ids: number[]): string;
  stop?: readonly string[];
}

export class TextStream {
  readonly #decode: (ids: number[]) => string;
  readonly #stop: readonly string[];
  readonly #ids: number[] = [];
  /** First id of the decoding window, and the first that has given no text yet. */
  #windowStart = 0;
  #pendingStart = 0;
  /** Text that came out of the decoder and is held back for a stop string. */
  #heldBack = '';
  #stopped = false;
  #decodedChars = 0;
  #releasedChars = 0;

  constructor(options: TextStreamOptions) {
    this.#decode = options.decode;
    this.#stop = (options.stop ?? []).filter((text) => text.length > 0);
  }

  /** True when a stop string was met; its text and what follows are not given out. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** UTF-16 units that came out of the decoder so far, and how many of them were given out. */
  get decodedChars(): number {
    return this.#decodedChars;
  }

  get releasedChars(): number {
    return this.#releasedChars;
  }

  /** Whether the last ids have given no text yet: the rest of a character is awaited. */
  get isMidCharacter(): boolean {
    return this.#pendingStart < this.#ids.length;
  }

  /** Text that is certain after this token; often empty. */
  push(id: number): string {
    if (this.#stopped) return '';
    this.#ids.push(id);
    const before = this.#decode(this.#ids.slice(this.#windowStart, this.#pendingStart));
    const after = this.#decode(this.#ids.slice(this.#windowStart));
    // A character whose bytes are not all there decodes to U+FFFD at the end: wait for the rest.
    if (after.endsWith(REPLACEMENT) && this.#ids.length - this.#pendingStart < CONTEXT_TOKENS) return '';
    this.#pendingStart = this.#ids.length;
    this.#windowStart = Math.max(0, this.#pendingStart - CONTEXT_TOKENS);
    return this.#release(after.slice(before.length));
  }

  /** The rest, when the answer is over. */
  end(): string {
    if (this.#stopped) return '';
    const before = this.#decode(this.#ids.slice(this.#windowStart, this.#pendingStart));
    const after = this.#decode(this.#ids.slice(this.#windowStart));
    this.#pendingStart = this.#ids.length;
    const text = this.#release(after.slice(before.length));
    const rest = this.#stopped ? '' : this.#heldBack;
    this.#heldBack = '';
    this.#releasedChars += rest.length;
    return text + rest;
  }

  #release(text: string): string {
    this.#heldBack += text;
    this.#decodedChars += text.length;
    const found = this.#stop.map((stop) => this.#heldBack.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#stopped = true;
      const before = this.#heldBack.slice(0, Math.min(...found));
      this.#releasedChars += before.length;
      return before;
    }
    const keep = Math.max(0, ...this.#stop.map((stop) => overlap(this.#heldBack, stop)));
    const out = this.#heldBack.slice(0, this.#heldBack.length - keep);
    this.#heldBack = this.#heldBack.slice(this.#heldBack.length - keep);
    this.#releasedChars += out.length;
    return out;
  }
}

/** Length of the longest end of `text` that is a proper beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (stop.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
