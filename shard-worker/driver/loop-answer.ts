// An answer as its loop at the entry keeps it, and who goes on with one. Pure.

import { PoolError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frame.ts';
import type { OpenGrant } from '../../protocol/grant.ts';
import { MAX_STEP_TOKENS } from '../../protocol/limits.ts';
import type { LoopTerms, OpenSession } from '../ring/open-session.ts';
import type { ResultRow } from '../ring/result-rows.ts';
import { commonPrefix } from './common-prefix.ts';
import type { LoopDone } from './loop-words.ts';

/** What a driver asks of a loop. */
export type LoopOpen = OpenSession & { loop: LoopTerms };

/** A prompt that is coming. */
export interface LoopOrder {
  open: LoopOpen;
  /** What pays for it, as its server says; undefined where nobody does. */
  grant: OpenGrant | undefined;
  ids: number[];
}

export interface LoopAnswer extends LoopOrder {
  turn: number;
  /** Where nobody is paid: positions before this one its driver says that it has. */
  told: number;
  /** The answer's ids, an end of sequence left out. */
  generated: number[];
  /** The last of these, behind what the driver has got and a little before it, and where each came from. */
  kept: { row: ResultRow; epoch: number }[];
  lastLap: number;
  abort: AbortController;
  /** The driver wants no more of it. */
  isStopped: boolean;
  /** Nor will it go on from it. */
  isFreed: boolean;
  /** The driver has come back and has all before this position: before another lap leaves it hears what it missed. */
  joinAt?: number | undefined;
  over?: Omit<LoopDone, 'turn'> | PoolError;
  running: Promise<void>;
}

/** Positions whose tokens are known: an end of sequence is none. */
export const knownOf = ({ ids, generated }: LoopAnswer): number => ids.length + generated.length;

/** Rows of one epoch, as many as a frame takes. */
export function runsOf(kept: LoopAnswer['kept']): { epoch: number; rows: ResultRow[] }[] {
  const runs: { epoch: number; rows: ResultRow[] }[] = [];
  for (const { row, epoch } of kept) {
    const last = runs.at(-1);
    if (last?.epoch === epoch && last.rows.length < MAX_STEP_TOKENS) last.rows.push(row);
    else runs.push({ epoch, rows: [row] });
  }
  return runs;
}

export const idsOf = ({ payload, tokens }: Frame): number[] => {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Array.from({ length: tokens }, (_, at) => view.getInt32(4 * at, true));
};

/** Whether who sends this prompt has got the beginning of that answer, and asks for its rest. */
export function goesOn(answer: LoopAnswer, order: LoopOrder): boolean {
  const { open, ids, generated, kept, isStopped, over } = answer;
  if (isStopped || over instanceof PoolError) return false;
  if (order.open.loop.isFresh) return false;
  const termsOf = ({ sampling, logprobs, codec }: LoopOpen): string => JSON.stringify([sampling, logprobs, codec]);
  // A grant that is told again is another token of the same job.
  if (termsOf(open) !== termsOf(order.open) || answer.grant?.job !== order.grant?.job) return false;
  if (ids.length + open.loop.maxTokens !== order.ids.length + order.open.loop.maxTokens) return false;
  const known = knownOf(answer);
  // What it has got before is not kept, and what it says beyond is nothing that this loop has seen.
  if (order.ids.length < known - kept.length || order.ids.length > known) return false;
  return commonPrefix([...ids, ...generated], order.ids) === order.ids.length;
}

interface PromptLength {
  /** Ids that have come. */
  length: number;
  isLast: boolean;
  /** Positions before this one the driver pays for. */
  paid: number;
  maxContext: number;
}

/** Throws `grant-refused` where the grant is for another prompt, and `context-exceeded`. */
export function checkLength({ length, isLast, paid, maxContext }: PromptLength, { grant }: LoopOrder): void {
  if (length > paid) {
    throw new PoolError('grant-refused', 'The driver has not signed for ids behind the prompt that its grant is for.');
  }
  if (isLast && length < (grant?.promptTokens ?? 0)) {
    throw new PoolError('grant-refused', 'The prompt has fewer tokens than the server was told.');
  }
  if (length >= maxContext) {
    const message = `The prompt has more than the ${maxContext} tokens that the model holds.`;
    throw new PoolError('context-exceeded', message);
  }
}
