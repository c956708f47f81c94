// What a conversation is asked to generate, and what it tells as it goes. Types alone.
import type { SignedDelivery } from '../../protocol/delivery.ts';
import type { LoopTerms } from '../ring/open-session.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import type { Notice } from '../words/peer-state.ts';
import type { LapResult, RingClient, SessionTerms } from './ring-client.ts';
import type { Speculation, SpeculationCounts } from './speculation.ts';

/** A lap that is over, as statistics see it. */
export interface LapReport {
  lap: LapResult;
  ring: Pick<RingClient, 'epoch' | 'seats'>;
  /** The one that ends a prefill: its times say nothing about decoding. */
  isPrefill: boolean;
  /** Tokens that it brought: 1, and one for each drafted token that was right. */
  gained: number;
  /** Before it was sent, milliseconds: what was waited for drafts. */
  draftMs?: number;
}

export interface GenerateOptions extends SessionTerms {
  /** Bound of the whole answer, `resume` included. */
  maxTokens: number;
  /** Positions that the model can hold. */
  maxContext: number;
  eosIds: ReadonlySet<number>;
  /** Ids of the answer that are known already; it goes on after them and they are not told again. */
  resume?: readonly number[] | undefined;
  /** Called for each new token but an end of sequence, with the epoch that gave it; return true to stop after it (a stop string). */
  onToken(row: ResultRow, epoch: number): boolean | undefined;
  onLap?(report: LapReport): void;
  /** Positions of the prompt that the stages still held: the last word before the first token counts. */
  onCached?(tokens: number): void;
  onNotice?(notice: Notice | undefined): void;
  /** A lap over this epoch did not come back in time. */
  onStill?(epoch: number): void;
  /**
   * Asked before each lap after the first. `position`: that of the last token; `laps`: so many are on their way. A promise keeps the
   * next one back until it resolves or one of those comes.
   */
  rest?(position: number, laps: number): Promise<void> | undefined;
  /** Asked when it was cancelled: what the stages hold of it is gone on from. */
  keepsOnCancel?(): boolean;
  /** No more is wanted, whatever a lap that is on its way comes to. */
  isStopped?(): boolean;
  signal?: AbortSignal | undefined;
  /** Drafts tokens; equal results with and without. */
  speculation?: Speculation | undefined;
  /** The first epoch that `resume` came out of, as far as it is this job's. */
  resumeEpoch?: number | undefined;
  /** Signs for what has been told so far, where the loop runs elsewhere and somebody is paid for it. */
  witness?(): Promise<SignedDelivery>;
  /** What guesses where the loop runs elsewhere: there it is chosen by its name. Absent: nothing does. */
  drafter?: LoopTerms['drafter'];
  /** What came of that. */
  onDrafted?(counts: SpeculationCounts): void;
  /** `route` goes on over another ring; `session` stays with this one and reports its end. */
  retry?: 'route' | 'session';
  /** Tokens per prefill chunk; equal results for any value. */
  chunkTokens?: number;
}

export interface Generated {
  /** All of the answer, `resume` included. */
  ids: number[];
  finishReason: 'stop' | 'length' | 'cancelled';
}
