// From sampled tokens to what a caller is told of one choice: text that never splits a character or gives a stop string
// away, ids at once, log-probabilities with the text that they belong to. Sends nothing.
import type { TokenLogprob } from '../../protocol/job.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import type { PromptFormat } from './prompt-format.ts';
import { TextStream } from './text-stream.ts';

export type TopLogprob = TokenLogprob & { top: TokenLogprob[] };

export interface Piece {
  text: string;
  /** New ids, also those whose text is held back. */
  ids: number[];
  /** Log-probabilities of tokens whose text has begun to come out; those behind a stop string are never told. */
  logprobs?: TopLogprob[];
}

export interface ChoiceWriterOptions {
  format: Pick<PromptFormat, 'decode' | 'describe'>;
  stop?: readonly string[] | undefined;
}

/** The longest token that protocol/job.ts lets through. */
const MAX_TOKEN_UNITS = 400;

interface WaitingLogprob {
  logprob: TopLogprob;
  /** Where its text begins; unknown while its character is not complete. */
  start?: number;
}

export class ChoiceWriter {
  readonly #format: ChoiceWriterOptions['format'];
  readonly #text: TextStream;
  #waiting: WaitingLogprob[] = [];

  constructor({ format, stop = [] }: ChoiceWriterOptions) {
    this.#format = format;
    this.#text = new TextStream({ decode: format.decode, stop });
  }

  /** A stop string was met. */
  get stopped(): boolean {
    return this.#text.stopped;
  }

  /** Ids that an earlier driver has told: what it held back of their text comes out with what follows. */
  resume(ids: readonly number[]): void {
    for (const id of ids) this.#text.push(id);
  }

  push(row: ResultRow): Piece {
    const decodedBefore = this.#text.decodedChars;
    const text = this.#text.push(row.id);
    const piece: Piece = { text, ids: [row.id] };
    if (row.logprob === undefined) return piece;
    const { id, logprob, top = [] } = row;
    this.#waiting.push({
      logprob: { ...this.#describe(id, logprob), top: top.map((t) => this.#describe(t.id, t.logprob)) },
    });
    if (!this.#text.isMidCharacter) this.#place(decodedBefore);
    const logprobs = this.#takeTold();
    return logprobs.length > 0 ? { ...piece, logprobs } : piece;
  }

  /** The rest, when the answer is over. */
  end(): Piece {
    const decodedBefore = this.#text.decodedChars;
    const text = this.#text.end();
    this.#place(decodedBefore);
    const logprobs = this.#takeTold();
    return { text, ids: [], ...(logprobs.length > 0 ? { logprobs } : {}) };
  }

  /** Tokens of one character all begin where it does. */
  #place(start: number): void {
    for (const waiting of this.#waiting) waiting.start ??= start;
  }

  #takeTold(): TopLogprob[] {
    const { releasedChars, decodedChars, stopped } = this.#text;
    const isAllOut = releasedChars === decodedChars && !stopped;
    const isTold = ({ start }: WaitingLogprob) => start !== undefined && (isAllOut || start < releasedChars);
    const firstKept = this.#waiting.findIndex((waiting) => !isTold(waiting));
    const told = this.#waiting.splice(0, firstKept < 0 ? this.#waiting.length : firstKept);
    return told.map(({ logprob }) => logprob);
  }

  #describe(id: number, logprob: number): TokenLogprob {
    // An id beyond the vocabulary: models pad their last layer.
    const { token, bytes } = this.#format.describe(id) ?? { token: '' };
    return {
      id,
      token: token.slice(0, MAX_TOKEN_UNITS),
      ...(bytes ? { bytes: bytes.slice(0, MAX_TOKEN_UNITS) } : {}),
      logprob,
    };
  }
}
