// The frame with which a stage answers another: hidden states for the next stage, or the exit's result. Pure.
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Frame, TraceEntry } from '../../protocol/frame.ts';
import { chooseCodec } from '../codec/choose-codec.ts';
import { packRows } from '../codec/pack-rows.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import { packResultRows, type ResultRow, resultWidth } from './result-rows.ts';

/** Times of one step at one stage, milliseconds. */
export interface StepTimes {
  stage: number;
  /** Sessions that shared the run. */
  batch: number;
  /** The run's own, as the executor measured it. */
  uploadMs: number;
  computeMs: number;
  readbackMs: number;
  /** From the run's end to the packed answer: sampling and packing, of those before it in a shared run too. */
  packMs: number;
  /** From the frame's arrival to the packed answer. */
  totalMs: number;
  /** Round trip of the link that the frame arrived on. */
  rttMs: number;
}

/** `frame` with this stage's trace entry behind those that it has. */
export function withTrace(frame: Frame, times: StepTimes): Frame {
  const { stage, batch, uploadMs, computeMs, readbackMs, packMs, totalMs, rttMs } = times;
  const [upload, compute, readback] = [micros(uploadMs), micros(computeMs), micros(readbackMs + packMs)];
  // What is left: waiting for the session's turn, and for the runtime where something else was in it.
  const queueMicros = Math.max(0, micros(totalMs) - upload - compute - readback);
  const entry: TraceEntry = {
    stage,
    batch,
    queueMicros,
    uploadMicros: upload,
    computeMicros: compute,
    readbackMicros: readback,
    hopMicros: micros(rttMs / 2),
  };
  return { ...frame, trace: [...frame.trace, entry] };
}

/** Same lap, position, tokens and flags; rows of the residual stream, packed for the link to the next stage. */
export function hiddenFrame(
  frame: Frame,
  { activation, hiddenSize: width }: Pick<LayerExecutor, 'activation' | 'hiddenSize'>,
  hidden: Uint8Array,
  { policy = 'exact', link }: { policy: CodecPolicy | undefined; link: Pick<Link, 'rttMs'> },
): Frame {
  const { tokens } = frame;
  const codec = chooseCodec(policy, link.rttMs, { activation, tokens, width });
  return { ...frame, kind: 'hidden', width, ...packRows(codec, hidden, activation, tokens) };
}

/** As many rows as were sampled: none, one, or one per token. */
export const resultFrame = (frame: Frame, rows: readonly ResultRow[], logprobs: number | undefined): Frame => ({
  ...frame,
  kind: 'result',
  dtype: 'int32',
  width: resultWidth(logprobs),
  tokens: rows.length,
  payload: packResultRows(rows, logprobs),
});

const micros = (ms: number): number => (ms > 0 ? Math.min(0xffff_ffff, Math.round(ms * 1000)) : 0);
