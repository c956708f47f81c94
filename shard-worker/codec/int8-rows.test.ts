import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packInt8Rows, unpackInt8Rows } from './int8-rows.ts';

const LARGEST = (2 - 2 ** -23) * 2 ** 127;
const LEAST = 2 ** -149;

interface Packed {
  scales: Float32Array;
  codes: Int8Array;
}

function pack(values: ArrayLike<number>, width = values.length): Packed | undefined {
  const packed = { scales: new Float32Array(values.length / width), codes: new Int8Array(values.length) };
  return packInt8Rows(Float32Array.from(values), width, packed.scales, packed.codes) ? packed : undefined;
}

function unpack({ scales, codes }: Packed): Float32Array | undefined {
  const values = new Float32Array(codes.length);
  return unpackInt8Rows(scales, codes, codes.length / scales.length, values) ? values : undefined;
}

/** What the header of the code promises. */
function isWithinBound(row: readonly number[], back: ArrayLike<number>): boolean {
  const most = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const bound = most / 254 + most * 2 ** -23 + LEAST;
  return row.every((value, index) => Math.abs(back[index]! - value) <= bound);
}

const any = fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 126, min: -(2 ** 126) });
const usual = fc.float({ min: -300, max: 300, noNaN: true });
const nearZero = fc.integer({ min: -700, max: 700 }).map((steps) => steps * LEAST);

test('each element comes back within the bound, whatever the row holds', () => {
  for (const element of [any, usual, nearZero]) {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 40 }), (row) => {
        const packed = pack(row)!;
        expect(isWithinBound(row, unpack(packed)!)).toBe(true);
        expect(packed.codes.every((code) => code >= -127)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  }
});

test('a row is packed by its own scale alone, and the opposite row by the same', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(usual, usual, usual), { minLength: 1, maxLength: 6 }), (rows) => {
      const { scales, codes } = pack(rows.flat(), 3)!;
      for (const [at, row] of rows.entries()) {
        const alone = pack(row)!;
        expect(scales[at]).toBe(alone.scales[0]);
        expect([...codes.subarray(at * 3, at * 3 + 3)]).toEqual([...alone.codes]);
        const opposite = pack(row.map((value) => -value))!;
        expect(opposite.scales[0]).toBe(alone.scales[0]);
        expect([...opposite.codes].map((code) => 0 - code)).toEqual([...alone.codes]);
      }
    }),
  );
});

test('the middle between two codes goes to the even one', () => {
  const { scales, codes } = pack([127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5])!;
  expect([...scales]).toEqual([1]);
  expect([...codes]).toEqual([127, 0, 2, 2, 0, -2, -2, 126]);
});

test('a row of zeros comes back as zeros', () => {
  expect([...unpack(pack([0, -0, 0])!)!]).toEqual([0, 0, 0]);
});

test('rows at the ends of float32 are held or refused, never made infinite', () => {
  for (const most of [LEAST, 63 * LEAST, 190 * LEAST, 2 ** -126, 2 ** -120, 1, 2 ** 120, LARGEST / 2]) {
    expect(isWithinBound([most, -most, most / 3], unpack(pack([most, -most, most / 3])!)!)).toBe(true);
  }
  // 127 times its scale, rounded, would be infinite.
  expect(pack([LARGEST, 1])).toBeUndefined();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  '%d is not held, wherever it stands',
  (bad) => {
    for (const at of [0, 1, 4, 5]) expect(pack([1, 2, 3, 4, 5, 6].with(at, bad), 3)).toBeUndefined();
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, -LEAST, LARGEST])(
  'a scale of %d is none that is packed',
  (scale) => {
    expect(unpack({ scales: Float32Array.of(scale), codes: Int8Array.of(1) })).toBeUndefined();
  },
);

test('the code -128 is none that is packed', () => {
  expect(unpack({ scales: Float32Array.of(1), codes: Int8Array.of(0, -128) })).toBeUndefined();
});
