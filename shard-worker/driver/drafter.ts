// What guesses tokens ahead. A guess costs a row of a lap and never changes an answer: the coalition's own sampling decides.
import type { Sampling } from '../../protocol/sampling.ts';

export interface DraftRequest {
  /** Prompt, answer and what was drafted so far, as token ids. Not to be kept or changed. */
  history: readonly number[];
  /** At most so many tokens are wanted; at least 1. */
  most: number;
  /** How the coalition samples: a drafter with a model of its own uses the same noise. */
  sampling: Sampling;
}

/** One conversation's drafter. `propose` is never called before the last call has settled. */
export interface Drafter {
  readonly kind: 'ngram' | 'model';
  /**
   * Tokens that may follow `history`, none when it knows of none. The first is at position `history.length`. May reject:
   * the conversation then goes on without it.
   */
  propose(request: DraftRequest): Promise<number[]>;
  close(): void;
}
