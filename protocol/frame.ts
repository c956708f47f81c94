// The binary frame between stages: a fixed header that carries session, epoch and position, a trace, and a payload.
// Pure: bytes in, object out. docs/PROTOCOL.md has the same layout with golden vectors.
import { PoolError } from './errors.ts';
import type { SessionId } from './ids.ts';
import { FRAME_VERSION, MAX_FRAME_BYTES, MAX_STAGES, MAX_STEP_TOKENS, MAX_TOP_LOGPROBS } from './limits.ts';

/** First byte of each frame: tells a frame from any other traffic. */
export const FRAME_MAGIC = 0xc9;
export const FRAME_HEADER_BYTES = 40;
/** A multiple of 8, as the header is: so the payload begins at one whatever the trace holds. */
export const TRACE_ENTRY_BYTES = 24;

/**
 * What a frame is. `step` tokens go in at the entry, `hidden` states hop, `result` ids come out at the exit. Between a loop and its
 * driver: `ack` says what the driver has, `done` that the answer is whole.
 */
export const FRAME_KINDS = {
  ...{ open: 1, step: 2, hidden: 3, result: 4, close: 5, error: 6 },
  ...{ ack: 7, done: 9 },
} as const;
export type FrameKind = keyof typeof FRAME_KINDS;

/** `int8` has one float32 scale per row, all of them before the first row: see `payloadBytesOf`. */
export const FRAME_DTYPES = { none: 0, float32: 1, float16: 2, int32: 3, json: 4, int8: 5 } as const;
export type FrameDtype = keyof typeof FRAME_DTYPES;

/** Bits of `flags`. They ride in the header so that nothing can overtake or outlive the tensor they are about. */
export const FRAME_FLAGS = {
  /** Drop the KV cache of positions >= `position` first. Without it a position other than the next is refused. */
  rollback: 1,
  /** Sample the token after the last row; a prefill chunk that is not the last one leaves it out. */
  sample: 2,
  /** Sample after every row (verification of drafted tokens). */
  sampleAll: 4,
  /**
   * Rows that were computed before, by a stage that is gone: whoever takes its seat computes them again, and passes them on
   * only to a stage that lacks them as well. Nothing is sampled of them.
   */
  replay: 8,
  /** On a close: whoever drove the session is out of reach and may go on with it under another epoch. */
  aside: 16,
} as const;

/** What one stage spent on this lap, in microseconds. What comes first in a stage is first here. */
export interface TraceEntry {
  stage: number;
  /** Sessions that shared the run; 1 where it was this one's alone. */
  batch: number;
  /** From the frame's arrival until its run began. */
  queueMicros: number;
  /** Unpacking the rows and making tensors of them. */
  uploadMicros: number;
  /** Inside the model. */
  computeMicros: number;
  /** Reading back, sampling, packing. */
  readbackMicros: number;
  /** Half the measured round trip of the link on which the frame came in: the wire before all of these. */
  hopMicros: number;
}

export interface Frame {
  kind: FrameKind;
  dtype: FrameDtype;
  epoch: number;
  session: SessionId;
  /** Position of the first token of this frame in its session. */
  position: number;
  /** Tokens (rows) in this frame. */
  tokens: number;
  flags: number;
  /** Counts up per session at the driver; the result of a step carries the step's number. */
  lap: number;
  /** Elements per row: hidden size for `hidden`, 1 for ids, 2 + 2k with k alternatives in a `result`, 0 for JSON. */
  width: number;
  trace: TraceEntry[];
  payload: Uint8Array;
}

const KIND_NAMES = new Map<number, FrameKind>(
  Object.entries(FRAME_KINDS).map(([name, code]) => [code, name as FrameKind]),
);
const DTYPE_NAMES = new Map<number, FrameDtype>(
  Object.entries(FRAME_DTYPES).map(([name, code]) => [code, name as FrameDtype]),
);
const ELEMENT_BYTES = { float32: 4, float16: 2, int32: 4, int8: 1 } as const;
const ALL_FLAGS = Object.values(FRAME_FLAGS).reduce((all, flag) => all | flag, 0);

/** Serialises a frame, little endian. The payload starts at a multiple of 8, so views need no copy. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const traceBytes = frame.trace.length * TRACE_ENTRY_BYTES;
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + traceBytes + frame.payload.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FRAME_MAGIC);
  view.setUint8(1, FRAME_VERSION);
  view.setUint8(2, FRAME_KINDS[frame.kind]);
  view.setUint8(3, FRAME_DTYPES[frame.dtype]);
  view.setUint32(4, frame.epoch, true);
  view.setBigUint64(8, BigInt(`0x${frame.session}`), true);
  view.setUint32(16, frame.position, true);
  view.setUint16(20, frame.tokens, true);
  view.setUint8(22, frame.flags);
  view.setUint8(23, frame.trace.length);
  view.setUint32(24, frame.lap, true);
  view.setUint32(28, frame.width, true);
  view.setUint32(32, frame.payload.byteLength, true);
  view.setUint32(36, 0, true);
  frame.trace.forEach((entry, index) => {
    const at = FRAME_HEADER_BYTES + index * TRACE_ENTRY_BYTES;
    view.setUint16(at, entry.stage, true);
    view.setUint16(at + 2, entry.batch, true);
    view.setUint32(at + 4, entry.queueMicros, true);
    view.setUint32(at + 8, entry.uploadMicros, true);
    view.setUint32(at + 12, entry.computeMicros, true);
    view.setUint32(at + 16, entry.readbackMicros, true);
    view.setUint32(at + 20, entry.hopMicros, true);
  });
  bytes.set(frame.payload, FRAME_HEADER_BYTES + traceBytes);
  return bytes;
}

/** What a link keeps in order: half of the session's id, read where each frame has it. 0 for bytes that are no frame. */
export const streamOf = (frame: Uint8Array): number =>
  frame.byteLength < FRAME_HEADER_BYTES ? 0 : new DataView(frame.buffer, frame.byteOffset).getUint32(8, true);

const refuse = (message: string): never => {
  throw new PoolError('bad-frame', message);
};

/** Parses a frame from a hostile peer. Throws `bad-frame` or `version-mismatch`; the payload is a view, not a copy. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.byteLength < FRAME_HEADER_BYTES) refuse('The frame is shorter than its header.');
  if (bytes.byteLength > MAX_FRAME_BYTES) refuse('The frame is larger than the limit.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== FRAME_MAGIC) refuse('This is no frame of the ring.');
  const version = view.getUint8(1);
  if (version !== FRAME_VERSION) {
    throw new PoolError('version-mismatch', `The peer speaks frame version ${version}, this tab ${FRAME_VERSION}.`);
  }
  const kind = KIND_NAMES.get(view.getUint8(2)) ?? refuse('The frame is of an unknown kind.');
  const dtype = DTYPE_NAMES.get(view.getUint8(3)) ?? refuse('The frame has an unknown element type.');
  const tokens = view.getUint16(20, true);
  const flags = view.getUint8(22);
  const traceLength = view.getUint8(23);
  const width = view.getUint32(28, true);
  const payloadBytes = view.getUint32(32, true);
  if (tokens > MAX_STEP_TOKENS) refuse(`The frame has ${tokens} tokens, more than ${MAX_STEP_TOKENS}.`);
  if ((flags & ~ALL_FLAGS) !== 0) refuse('The frame has unknown flags.');
  if (traceLength > MAX_STAGES) refuse('The trace is longer than a coalition can be.');
  const payloadStart = FRAME_HEADER_BYTES + traceLength * TRACE_ENTRY_BYTES;
  if (payloadStart + payloadBytes !== bytes.byteLength) refuse('The frame’s length is not what its header says.');
  checkPayload(kind, dtype, tokens, width, payloadBytes);
  const trace: TraceEntry[] = [];
  for (let at = FRAME_HEADER_BYTES; at < payloadStart; at += TRACE_ENTRY_BYTES) {
    trace.push({
      stage: view.getUint16(at, true),
      batch: view.getUint16(at + 2, true),
      queueMicros: view.getUint32(at + 4, true),
      uploadMicros: view.getUint32(at + 8, true),
      computeMicros: view.getUint32(at + 12, true),
      readbackMicros: view.getUint32(at + 16, true),
      hopMicros: view.getUint32(at + 20, true),
    });
  }
  return {
    kind,
    dtype,
    epoch: view.getUint32(4, true),
    session: view.getBigUint64(8, true).toString(16).padStart(16, '0') as SessionId,
    position: view.getUint32(16, true),
    tokens,
    flags,
    lap: view.getUint32(24, true),
    width,
    trace,
    payload: bytes.subarray(payloadStart),
  };
}

const ALLOWED_DTYPES: Record<FrameKind, readonly FrameDtype[]> = {
  open: ['json'],
  step: ['int32'],
  hidden: ['float32', 'float16', 'int8'],
  result: ['int32'],
  close: ['none'],
  error: ['json'],
  ack: ['json'],
  done: ['json'],
};

/** Bytes of `tokens` rows of `width` elements: with `int8` the scales of all rows, 4 bytes each, then the rows. */
export const payloadBytesOf = (dtype: keyof typeof ELEMENT_BYTES, tokens: number, width: number): number =>
  tokens * width * ELEMENT_BYTES[dtype] + (dtype === 'int8' ? tokens * 4 : 0);

/** An id; or an id, its log-probability, and as many pairs more as alternatives were asked for. */
const isResultWidth = (width: number): boolean =>
  width === 1 || (width >= 2 && width % 2 === 0 && width <= 2 + 2 * MAX_TOP_LOGPROBS);

function checkPayload(kind: FrameKind, dtype: FrameDtype, tokens: number, width: number, payloadBytes: number): void {
  if (!ALLOWED_DTYPES[kind].includes(dtype)) refuse(`A ${kind} frame cannot carry ${dtype}.`);
  if (kind === 'step' && tokens === 0) refuse('A step has no tokens.');
  if (kind === 'hidden' && (tokens === 0 || width === 0)) refuse('A hidden state has no rows or no columns.');
  if (kind === 'step' && width !== 1) refuse('Token ids are one column wide.');
  if (kind === 'result' && !isResultWidth(width)) refuse('A result is not as wide as one can be.');
  if (dtype === 'none' && payloadBytes !== 0) refuse('A frame without element type has a payload.');
  if (dtype === 'json' || dtype === 'none') return;
  if (payloadBytesOf(dtype, tokens, width) !== payloadBytes) {
    refuse('The payload is not as long as its rows are.');
  }
}
