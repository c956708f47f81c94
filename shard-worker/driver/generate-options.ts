// What a conversation is asked to generate, and what it tells as it goes. Types alone.
import type { ResultRow } from '../ring/result-rows.ts';
import type { LapResult, RingClient, SessionTerms } from './ring-client.ts';
import type { Speculation } from './speculation.ts';

/** A lap that is over, as statistics see it. */
export interface LapReport {
  lap: LapResult;
  ring: RingClient;
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
  onNotice?(notice: string): void;
  /** A lap over this epoch did not come back in time. */
  onStill?(epoch: number): void;
  signal?: AbortSignal | undefined;
  /** Drafts tokens; equal results with and without. */
  speculation?: Speculation | undefined;
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
