import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Codec } from '../../protocol/codec.ts';
import { PoolError } from '../../protocol/errors.ts';
import { decodeFrame, encodeFrame, type Frame, type FrameDtype, payloadBytesOf } from '../../protocol/frame.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { packHalves, unpackHalves } from './half-bits.ts';
import { codecOf, packRows, unpackRows } from './pack-rows.ts';

const SESSION = '0123456789abcdef' as Frame['session'];
const bytesOf = (values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const floatsOf = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.slice().buffer)];

/** As `packRows` gives it, sent in a frame and read at an odd place of a larger message. */
function travel(codec: Codec, hidden: Uint8Array, activation: 'float32' | 'float16', tokens: number) {
  const width = hidden.byteLength / tokens / (activation === 'float32' ? 4 : 2);
  const packed = packRows(codec, hidden, activation, tokens);
  const sent = encodeFrame({ ...emptyFrame(1, SESSION), kind: 'hidden', ...packed, tokens, width });
  const message = new Uint8Array(sent.byteLength + 9);
  message.set(sent, 9);
  const frame = decodeFrame(message.subarray(9));
  return { frame, rows: unpackRows(frame, activation) };
}

const rowsOf = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 17 })).chain(([tokens, width]) =>
  fc.record({
    tokens: fc.constant(tokens),
    values: fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), {
      minLength: tokens * width,
      maxLength: tokens * width,
    }),
  }),
);

describe('through a frame and back', () => {
  test('exact is bit for bit what it was, in either activation type', () => {
    fc.assert(
      fc.property(rowsOf, ({ tokens, values }) => {
        const hidden = bytesOf(values);
        for (const activation of ['float32', 'float16'] as const) {
          const { frame, rows } = travel('exact', hidden, activation, tokens);
          expect([frame.dtype, rows]).toEqual([activation, hidden]);
        }
      }),
    );
  });

  test.each(['f16', 'int8'] as const)('%s of a float32 model stays within its bound', (codec) => {
    fc.assert(
      fc.property(rowsOf, ({ tokens, values }) => {
        const { frame, rows } = travel(codec, bytesOf(values), 'float32', tokens);
        expect(frame.dtype).toBe(codec === 'f16' ? 'float16' : 'int8');
        const back = floatsOf(rows);
        const width = values.length / tokens;
        for (const [index, value] of values.entries()) {
          const row = values.slice(Math.floor(index / width) * width).slice(0, width);
          const most = Math.max(...row.map(Math.abs));
          const bound = codec === 'f16' ? Math.max(Math.abs(value) * 2 ** -11, 2 ** -25) : most * (1 / 254 + 2 ** -23);
          expect(Math.abs(back[index]! - value)).toBeLessThanOrEqual(bound + 2 ** -149);
        }
      }),
    );
  });

  test('a float16 model: f16 changes nothing, int8 stays within its bound and half a unit of the last place', () => {
    fc.assert(
      fc.property(rowsOf, ({ tokens, values }) => {
        const halves = new Uint16Array(values.length);
        packHalves(Float32Array.from(values), halves);
        const hidden = new Uint8Array(halves.buffer);
        expect(travel('f16', hidden, 'float16', tokens).rows).toEqual(hidden);
        const { frame, rows } = travel('int8', hidden, 'float16', tokens);
        expect(frame.dtype).toBe('int8');
        const [before, after] = [new Float32Array(values.length), new Float32Array(values.length)];
        unpackHalves(halves, before);
        unpackHalves(new Uint16Array(rows.buffer), after);
        const most = Math.max(...before.map(Math.abs));
        for (const [index, value] of before.entries()) {
          expect(Math.abs(after[index]! - value)).toBeLessThanOrEqual(
            most * (1 / 254 + 2 ** -23 + 2 ** -11) + 2 ** -25,
          );
        }
      }),
    );
  });
});

test('what a codec does not hold travels exactly', () => {
  const tooLarge = bytesOf([1, 70_000]);
  expect(packRows('f16', tooLarge, 'float32', 1)).toEqual({ dtype: 'float32', payload: tooLarge });
  expect(packRows('int8', tooLarge, 'float32', 1).dtype).toBe('int8');
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const hidden = bytesOf([1, 2, 3, bad]);
    for (const codec of ['f16', 'int8'] as const) {
      expect(packRows(codec, hidden, 'float32', 2)).toEqual({ dtype: 'float32', payload: hidden });
    }
  }
  const infinite = new Uint8Array(Uint16Array.of(0x7c00, 1).buffer);
  expect(packRows('int8', infinite, 'float16', 1)).toEqual({ dtype: 'float16', payload: infinite });
});

test('the sizes that travel', () => {
  const hidden = new Uint8Array(4 * 3 * 256);
  const sizes = (['exact', 'f16', 'int8'] as const).map(
    (codec) => packRows(codec, hidden, 'float32', 3).payload.length,
  );
  expect(sizes).toEqual([3072, 1536, 780]);
});

describe('a hostile payload', () => {
  const refusal = (dtype: FrameDtype, payload: Uint8Array, activation: 'float32' | 'float16' = 'float32') => {
    try {
      unpackRows({ dtype, payload, tokens: 1, width: 2 }, activation);
      return 'taken';
    } catch (error) {
      expect(error).toBeInstanceOf(PoolError);
      return (error as PoolError).code;
    }
  };
  const int8 = (scale: number, ...codes: number[]) =>
    Uint8Array.of(...bytesOf([scale]), ...codes.map((code) => code & 0xff));

  test('of values that no stage packs is refused', () => {
    expect(refusal('int8', int8(0.5, 1, -127))).toBe('taken');
    expect(refusal('int8', int8(0.5, 1, -128))).toBe('bad-frame');
    for (const scale of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0]) {
      expect(refusal('int8', int8(scale, 1, 2))).toBe('bad-frame');
    }
    expect(refusal('float16', new Uint8Array(Uint16Array.of(1, 0x7c01).buffer))).toBe('bad-frame');
    // 600 × 127 is no half.
    expect(refusal('int8', int8(600, 127, 0), 'float16')).toBe('bad-frame');
    expect(refusal('int8', int8(600, 127, 0))).toBe('taken');
  });

  test('of a type that the model has no use for is refused', () => {
    expect(refusal('float32', new Uint8Array(8), 'float16')).toBe('bad-frame');
    expect(refusal('int32', new Uint8Array(8))).toBe('bad-frame');
    expect(() => codecOf('json', 'float32')).toThrow(PoolError);
  });

  test('of random bytes is taken or refused, never worse', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('int8' as const, 'float16' as const),
        fc.integer({ min: 1, max: 4 }),
        fc.uint8Array({ minLength: 200, maxLength: 200 }),
        (dtype, tokens, noise) => {
          const payload = noise.subarray(1, 1 + payloadBytesOf(dtype, tokens, 9));
          try {
            const rows = floatsOf(unpackRows({ dtype, payload, tokens, width: 9 }, 'float32'));
            expect(rows.length === tokens * 9 && rows.every(Number.isFinite)).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-frame' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
