// The frame with which a stage answers another: hidden states for the next stage, or the exit's result. Pure.
import type { Frame, TraceEntry } from '../../protocol/frame.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import { packResultRows, type ResultRow, resultWidth } from './result-rows.ts';

/** Times of one step at one stage, milliseconds. */
export interface StepTimes {
  stage: number;
  computeMs: number;
  /** From the frame's arrival to its answer. */
  totalMs: number;
  /** Of the link on which it came. */
  rttMs: number;
}

/** `frame.trace` with this stage's entry behind it. */
export function traceWith(frame: Frame, { stage, computeMs, totalMs, rttMs }: StepTimes): TraceEntry[] {
  const computeMicros = micros(computeMs);
  const waitMicros = Math.max(0, micros(totalMs) - computeMicros);
  return [...frame.trace, { stage, computeMicros, waitMicros, hopMicros: micros(rttMs / 2) }];
}

/** Same lap, position, tokens and flags; rows of the residual stream. */
export const hiddenFrame = (
  frame: Frame,
  { activation, hiddenSize }: Pick<LayerExecutor, 'activation' | 'hiddenSize'>,
  hidden: Uint8Array,
): Frame => ({ ...frame, kind: 'hidden', dtype: activation, width: hiddenSize, payload: hidden });

/** As many rows as were sampled: none, one, or one per token. */
export const resultFrame = (frame: Frame, rows: readonly ResultRow[], logprobs: number | undefined): Frame => ({
  ...frame,
  kind: 'result',
  dtype: 'int32',
  width: resultWidth(logprobs),
  tokens: rows.length,
  payload: packResultRows(rows, logprobs),
});

const micros = (ms: number): number => Math.min(0xffffffff, Math.max(0, Math.round(ms * 1000)));
