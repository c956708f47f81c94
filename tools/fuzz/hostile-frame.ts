// Frames as they travel between stages, with fields at their edges: what `protocol/frame.ts` can write, and bytes that it would
// not. Pure but for the random source.
import * as z from 'zod/mini';
import {
  encodeFrame,
  FRAME_DTYPES,
  FRAME_FLAGS,
  FRAME_KINDS,
  type Frame,
  payloadBytesOf,
} from '../../protocol/frame.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { MAX_STAGES, MAX_STEP_TOKENS } from '../../protocol/limits.ts';
import type { SeededRandom } from '../../protocol/test-random.ts';
import { MAX_OPEN_BYTES, openSchema } from '../../shard-worker/ring/open-session.ts';
import { hostileValue, type JsonSchema, type ValueSource } from './hostile-values.ts';
import { writeJson } from './write-json.ts';

const OPEN = z.toJSONSchema(openSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const KINDS = Object.keys(FRAME_KINDS) as Frame['kind'][];
const DTYPES = Object.keys(FRAME_DTYPES) as Frame['dtype'][];
/** A kind's own type of payload, mostly. */
const USUAL: Record<Frame['kind'], readonly Frame['dtype'][]> = {
  ...{ open: ['json'], step: ['int32'], hidden: ['float32', 'float16', 'int8'], result: ['int32'], close: ['none'] },
  ...{ error: ['json'], ack: ['json'], done: ['json'] },
};
const U32 = [0, 1, 2, 3, 16, 63, 64, 4095, 4096, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
/** Larger ones say nothing that these do not, and take the time of many. */
const MAX_PAYLOAD = 64 * 1024;

export interface FrameFields {
  epoch: number;
  sessions: readonly SessionId[];
  /** What opens a session here. */
  open: Record<string, unknown>;
}

export function hostileFrame(random: SeededRandom, { epoch, sessions, open }: FrameFields): Frame {
  const kind = random.pick(KINDS);
  const dtype = random.next() < 0.9 ? random.pick(USUAL[kind]) : random.pick(DTYPES);
  const tokens = random.next() < 0.8 ? random.whole(0, 3) : random.pick([MAX_STEP_TOKENS, MAX_STEP_TOKENS + 1, 65_535]);
  const width = random.next() < 0.85 ? (kind === 'hidden' ? 4 : 1) : random.pick(U32);
  const lengths = dtype === 'json' || dtype === 'none' ? 0 : payloadBytesOf(dtype, tokens, width);
  const flag = random.next() < 0.9 ? random.pick([0, ...Object.values(FRAME_FLAGS), 7]) : random.whole(0, 255);
  return {
    ...{ kind, dtype, tokens, width, flags: flag },
    epoch: random.next() < 0.9 ? epoch : random.pick(U32),
    session: random.pick(sessions),
    position: random.next() < 0.6 ? random.whole(0, 8) : random.pick(U32),
    lap: random.pick(U32),
    trace: Array.from({ length: random.pick([0, 0, 0, 1, MAX_STAGES, MAX_STAGES + 1, 255]) }, () => ({
      ...{ stage: random.whole(0, 65_535), batch: random.whole(0, 65_535), queueMicros: random.pick(U32) },
      ...{ uploadMicros: random.pick(U32), computeMicros: random.pick(U32), readbackMicros: random.pick(U32) },
      hopMicros: random.pick(U32),
    })),
    payload: payloadOf(random, kind, dtype, lengths, open),
  };
}

function payloadOf(
  random: SeededRandom,
  kind: Frame['kind'],
  dtype: Frame['dtype'],
  bytes: number,
  open: Record<string, unknown>,
): Uint8Array {
  if (dtype === 'json') return new TextEncoder().encode(jsonOf(random, kind, open));
  const length = random.next() < 0.9 ? bytes : random.pick([0, 1, bytes + 1, bytes * 2]);
  const payload = new Uint8Array(Math.min(length, MAX_PAYLOAD));
  // Not a number, an infinity, the lowest id there is; or whatever.
  if (random.next() < 0.3) payload.fill(random.pick([0xff, 0x7f, 0x80]));
  else for (let at = 0; at < Math.min(payload.length, 64); at++) payload[at] = random.whole(0, 255);
  return payload;
}

function jsonOf(random: SeededRandom, kind: Frame['kind'], open: Record<string, unknown>): string {
  if (random.next() < 0.3) return writeJson(open);
  const known = (field: string): readonly unknown[] => (Object.hasOwn(open, field) ? [open[field]] : []);
  const source: ValueSource = { random, known, maxText: MAX_OPEN_BYTES + 100 };
  const text = writeJson(hostileValue(OPEN, source));
  return kind === 'open' || random.next() < 0.5 ? text : writeJson({ code: text.slice(0, 50), message: text });
}

/** As they would come off a wire: sometimes with a byte changed, cut short, or with more behind. */
export function hostileBytes(random: SeededRandom, frame: Frame): Uint8Array {
  const bytes = encodeFrame(frame);
  const kind = random.next();
  if (kind < 0.75) return bytes;
  if (kind < 0.85) {
    for (let round = random.whole(1, 4); round > 0; round--)
      bytes[random.whole(0, bytes.length - 1)] = random.whole(0, 255);
    return bytes;
  }
  if (kind < 0.93) return bytes.subarray(0, random.whole(0, bytes.length));
  return Uint8Array.from([...bytes, ...random.bytes(random.whole(1, 9))]);
}
