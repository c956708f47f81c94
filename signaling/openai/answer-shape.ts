// What differs between the two endpoints' answers: names, and how a choice is written, whole or in chunks. The words are
// OpenAI's (resources/chat/completions and resources/completions of its client).
import type { CollectedChoice, DeltaUpdate, FinishReason } from './follow-job.ts';

export type ChoiceJson = Record<string, unknown> & { index: number };

export interface AnswerShape {
  idPrefix: string;
  wholeObject: string;
  chunkObject: string;
  /** What a stream says of a choice before its first text; undefined: nothing. */
  opening(index: number): ChoiceJson | undefined;
  /** undefined: this update has nothing to show yet. */
  delta(update: DeltaUpdate): ChoiceJson | undefined;
  finish(index: number, reason: FinishReason): ChoiceJson;
  whole(index: number, choice: CollectedChoice, hasLogprobs: boolean): ChoiceJson;
}
