import { describe, expect, test } from 'vitest';
import { PoolError } from './errors.ts';
import {
  decodeFrame,
  encodeFrame,
  FRAME_DTYPES,
  FRAME_HEADER_BYTES,
  FRAME_KINDS,
  type Frame,
  type FrameDtype,
  type FrameKind,
  TRACE_ENTRY_BYTES,
} from './frame.ts';
import type { SessionId } from './ids.ts';
import { FRAME_VERSION, MAX_FRAME_BYTES, MAX_STAGES, MAX_STEP_TOKENS } from './limits.ts';
import { SeededRandom } from './test-random.ts';

const U16 = 0xffff;
const U32 = 0xffff_ffff;
const TIMES = { queueMicros: 1, uploadMicros: 2, computeMicros: 3, readbackMicros: 4, hopMicros: 5 };

/** Any frame that the codec should take. */
function randomFrame(random: SeededRandom): Frame {
  const kind = random.pick(Object.keys(FRAME_KINDS) as FrameKind[]);
  const dtypes: Record<FrameKind, FrameDtype[]> = {
    open: ['json'],
    step: ['int32'],
    hidden: ['float32', 'float16', 'int8'],
    result: ['int32'],
    close: ['none'],
    error: ['json'],
    ack: ['json'],
    done: ['json'],
  };
  const dtype = random.pick(dtypes[kind]);
  const isTensor = kind === 'step' || kind === 'hidden' || kind === 'result';
  const tokens = isTensor ? random.whole(kind === 'result' ? 0 : 1, 6) : 0;
  const width = kind === 'hidden' ? random.whole(1, 9) : isTensor ? 1 : 0;
  const rowBytes = dtype === 'int8' ? 4 + width : width * (dtype === 'float16' ? 2 : 4);
  const payloadBytes = isTensor ? tokens * rowBytes : dtype === 'json' ? random.whole(0, 80) : 0;
  return {
    kind,
    dtype,
    epoch: random.whole(0, U32),
    session: Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('') as SessionId,
    position: random.whole(0, U32),
    tokens,
    flags: random.whole(0, 7),
    lap: random.whole(0, U32),
    width,
    trace: Array.from({ length: random.pick([0, 1, 2, 7, MAX_STAGES]) }, () => ({
      stage: random.whole(0, U16),
      batch: random.whole(0, U16),
      queueMicros: random.whole(0, U32),
      uploadMicros: random.whole(0, U32),
      computeMicros: random.whole(0, U32),
      readbackMicros: random.whole(0, U32),
      hopMicros: random.whole(0, U32),
    })),
    payload: random.bytes(payloadBytes),
  };
}

const step = (fields: Partial<Frame> = {}): Frame => ({
  kind: 'step',
  dtype: 'int32',
  epoch: 9,
  session: '0123456789abcdef' as SessionId,
  position: 4,
  tokens: 2,
  flags: 2,
  lap: 3,
  width: 1,
  trace: [{ stage: 0, batch: 1, ...TIMES }],
  payload: Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0),
  ...fields,
});

const codeOf = (bytes: Uint8Array): string => {
  try {
    decodeFrame(bytes);
    return 'taken';
  } catch (error) {
    // Anything but a PoolError would be a crash in the tab that was sent the bytes.
    expect(error).toBeInstanceOf(PoolError);
    return (error as PoolError).code;
  }
};

test('2,000 random frames come back as they were', () => {
  const random = new SeededRandom(1);
  for (let round = 0; round < 2000; round++) {
    const frame = randomFrame(random);
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  }
});

test('a frame may lie anywhere in a larger buffer, and its payload is a view of it', () => {
  const encoded = encodeFrame(step());
  const buffer = new Uint8Array(encoded.byteLength + 20).fill(0xee);
  buffer.set(encoded, 7);
  const frame = decodeFrame(buffer.subarray(7, 7 + encoded.byteLength));
  expect(frame).toEqual(step());
  expect(frame.payload.buffer).toBe(buffer.buffer);
});

test.each([0, 1, 3, MAX_STAGES])('with %i trace entries the payload starts at a multiple of 8', (entries) => {
  const trace = Array.from({ length: entries }, () => ({ stage: 1, batch: 2, ...TIMES }));
  expect(decodeFrame(encodeFrame(step({ trace }))).payload.byteOffset % 8).toBe(0);
});

describe('hostile bytes', () => {
  test('10,000 random messages are refused with a PoolError', () => {
    const random = new SeededRandom(2);
    for (let round = 0; round < 10_000; round++) {
      const bytes = random.bytes(random.whole(0, 120));
      // Half of them get past magic and version, so that the later checks are reached.
      if (round % 2 === 0)
        bytes.set([0xc9, FRAME_VERSION, random.whole(0, 10), random.whole(0, 6)].slice(0, bytes.length));
      expect(['bad-frame', 'version-mismatch']).toContain(codeOf(bytes));
    }
  });

  test('frames with random bytes overwritten are taken or refused, never worse', () => {
    const random = new SeededRandom(3);
    const seen = new Set<string>();
    for (let round = 0; round < 5000; round++) {
      const bytes = encodeFrame(randomFrame(random));
      for (let hit = 0; hit < 3; hit++) bytes[random.whole(0, FRAME_HEADER_BYTES - 1)] = random.whole(0, 255);
      seen.add(codeOf(bytes));
    }
    expect(seen).toEqual(new Set(['taken', 'bad-frame', 'version-mismatch']));
  });

  test('a frame cut off at any byte is refused', () => {
    const bytes = encodeFrame(step());
    for (let length = 0; length < bytes.byteLength; length++)
      expect(codeOf(bytes.subarray(0, length))).toBe('bad-frame');
    expect(codeOf(bytes)).toBe('taken');
  });

  test('a byte too many is refused', () => {
    expect(codeOf(Uint8Array.of(...encodeFrame(step()), 0))).toBe('bad-frame');
  });

  /** Offsets as docs/PROTOCOL.md has them. */
  test.each<[string, number, number[], string]>([
    ['another magic', 0, [0xc8], 'bad-frame'],
    ['version 0', 1, [0], 'version-mismatch'],
    ['the version before this one', 1, [FRAME_VERSION - 1], 'version-mismatch'],
    ['the version after this one', 1, [FRAME_VERSION + 1], 'version-mismatch'],
    ['kind 0', 2, [0], 'bad-frame'],
    ['kind 7', 2, [7], 'bad-frame'],
    ['dtype 6', 3, [6], 'bad-frame'],
    ['rows of codes where ids belong', 3, [FRAME_DTYPES.int8], 'bad-frame'],
    ['a dtype that its kind does not carry', 3, [FRAME_DTYPES.float32], 'bad-frame'],
    ['more tokens than the payload has', 20, [3, 0], 'bad-frame'],
    ['no tokens', 20, [0, 0], 'bad-frame'],
    ['more tokens than a step may have', 20, [(MAX_STEP_TOKENS + 1) & 0xff, (MAX_STEP_TOKENS + 1) >> 8], 'bad-frame'],
    ['an unknown flag', 22, [32], 'bad-frame'],
    ['a trace longer than the frame', 23, [2], 'bad-frame'],
    ['a trace longer than a coalition', 23, [MAX_STAGES + 1], 'bad-frame'],
    ['ids two columns wide', 28, [2, 0, 0, 0], 'bad-frame'],
    ['a payload length that lies', 32, [7, 0, 0, 0], 'bad-frame'],
    ['a payload length of 4 GiB', 32, [255, 255, 255, 255], 'bad-frame'],
  ])('%s is refused', (_what, offset, bytes, code) => {
    const frame = encodeFrame(step());
    frame.set(bytes, offset);
    expect(codeOf(frame)).toBe(code);
  });

  test('a hidden state whose rows × columns overflow 32 bits is refused', () => {
    const bytes = encodeFrame(step({ kind: 'hidden', dtype: 'float32', tokens: 2, width: 1 }));
    // 2 × 0x80000001 × 4 is 8 modulo 2^32: the very length of the payload.
    new DataView(bytes.buffer).setUint32(28, 0x8000_0001, true);
    expect(codeOf(bytes)).toBe('bad-frame');
  });

  test('rows of int8 need one scale of 4 bytes each, no more and no fewer', () => {
    const hidden = (payloadBytes: number) =>
      step({ kind: 'hidden', dtype: 'int8', tokens: 3, width: 5, payload: new Uint8Array(payloadBytes) });
    expect(decodeFrame(encodeFrame(hidden(27)))).toEqual(hidden(27));
    for (const bytes of [0, 15, 19, 26, 28, 60]) expect(codeOf(encodeFrame(hidden(bytes)))).toBe('bad-frame');
    // 2 × (0x80000000 + 4) is 8 modulo 2^32.
    const wraps = encodeFrame(step({ kind: 'hidden', dtype: 'int8', tokens: 2, width: 0x8000_0000 }));
    expect(codeOf(wraps)).toBe('bad-frame');
  });

  test('another version is refused in words that say what to do, whatever else the frame holds', () => {
    const bytes = encodeFrame(step());
    bytes.fill(0xff, 2);
    bytes[1] = FRAME_VERSION - 1;
    expect(() => decodeFrame(bytes)).toThrow(
      expect.objectContaining({ code: 'version-mismatch', next: expect.stringContaining('Reload') }),
    );
  });

  test('a hidden state without columns and a close with a payload are refused', () => {
    expect(codeOf(encodeFrame(step({ kind: 'hidden', dtype: 'float32', width: 0, payload: new Uint8Array(0) })))).toBe(
      'bad-frame',
    );
    expect(codeOf(encodeFrame(step({ kind: 'close', dtype: 'none', tokens: 0, width: 0 })))).toBe('bad-frame');
  });

  test('a result as wide as no number of alternatives makes it', () => {
    const result = (width: number) => step({ kind: 'result', tokens: 1, width, payload: new Uint8Array(width * 4) });
    for (const width of [1, 2, 4, 42]) expect(decodeFrame(encodeFrame(result(width)))).toEqual(result(width));
    for (const width of [0, 3, 41, 44]) expect(codeOf(encodeFrame(result(width)))).toBe('bad-frame');
    expect(codeOf(encodeFrame(step({ tokens: 1, width: 2, payload: new Uint8Array(8) })))).toBe('bad-frame');
  });

  test('a frame above the limit is refused before its header is read', () => {
    expect(codeOf(new Uint8Array(MAX_FRAME_BYTES + 1))).toBe('bad-frame');
  });
});

test('bytes that are reserved are written as zero and not looked at', () => {
  const bytes = encodeFrame(step());
  expect([...bytes.subarray(36, 40)]).toEqual([0, 0, 0, 0]);
  bytes.set([1, 2, 3, 4], 36);
  expect(decodeFrame(bytes)).toEqual(step());
});

test('header and trace are as long as they say', () => {
  const empty = encodeFrame(
    step({ kind: 'close', dtype: 'none', tokens: 0, width: 0, trace: [], payload: new Uint8Array(0) }),
  );
  expect(empty.byteLength).toBe(FRAME_HEADER_BYTES);
  expect(encodeFrame(step()).byteLength).toBe(FRAME_HEADER_BYTES + TRACE_ENTRY_BYTES + 8);
});
