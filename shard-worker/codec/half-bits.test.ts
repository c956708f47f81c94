import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packHalves, unpackHalves } from './half-bits.ts';

const LARGEST = 65_504;
const LEAST_NORMAL = 2 ** -14;

/** A half as a number, from the definition of the format: another way than the code's. */
function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The nearest half by arithmetic in doubles: the number in units of its last place, ties to the even one. */
function nearest(value: number): number {
  const magnitude = Math.abs(value);
  const unit = magnitude < LEAST_NORMAL ? 2 ** -24 : 2 ** (Math.floor(Math.log2(magnitude)) - 10);
  const units = magnitude / unit;
  const below = Math.floor(units);
  const isUp = units - below > 0.5 || (units - below === 0.5 && below % 2 === 1);
  return Math.sign(value) * (isUp ? below + 1 : below) * unit;
}

const pack = (values: ArrayLike<number>): Uint16Array | undefined => {
  const halves = new Uint16Array(values.length);
  return packHalves(Float32Array.from(values), halves) ? halves : undefined;
};
const unpack = (halves: Uint16Array): Float32Array | undefined => {
  const values = new Float32Array(halves.length);
  return unpackHalves(halves, values) ? values : undefined;
};
const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const floatOf = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0]!;

/** All positive halves, 0 and subnormals included. */
const POSITIVE = Uint16Array.from({ length: 0x7c00 }, (_, half) => half);

test('every half comes back as it was, of either sign, zero too', () => {
  const all = Uint16Array.from([...POSITIVE, ...POSITIVE.map((half) => half | 0x8000)]);
  const values = unpack(all)!;
  expect(values.every((value, index) => Object.is(value, numberOf(all[index]!)))).toBe(true);
  expect(pack(values)).toEqual(all);
});

test('between any two neighbours: the middle goes to the even one, a step beside it to the nearer, and carries carry', () => {
  const wrong: number[] = [];
  for (const low of POSITIVE.subarray(0, -1)) {
    const middle = (numberOf(low) + numberOf(low + 1)) / 2;
    const even = low % 2 === 0 ? low : low + 1;
    const around = [floatOf(bitsOf(middle) - 1), middle, floatOf(bitsOf(middle) + 1)];
    const halves = [...pack(around)!, ...pack(around.map((value) => -value))!];
    const wanted = [low, even, low + 1];
    if ([...wanted, ...wanted.map((half) => half | 0x8000)].some((half, index) => half !== halves[index]))
      wrong.push(low);
  }
  expect(wrong).toEqual([]);
});

test('at every exponent of float32, with every pattern that a carry runs through', () => {
  const fractions = [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x2000, 0x3000, 0x7f_efff, 0x7f_f000, 0x7f_f001, 0x7f_ffff];
  for (let exponent = 0; exponent < 255; exponent++) {
    for (const fraction of fractions) {
      const value = floatOf(exponent * 2 ** 23 + fraction);
      const halves = pack([value, -value]);
      if (value >= 65_520) expect(halves).toBeUndefined();
      else expect([...unpack(halves!)!].map(Math.abs)).toEqual([nearest(value), nearest(value)]);
    }
  }
});

describe('any float32', () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

  test('is refused from 65520 on, else within the bound and the nearest half', () => {
    fc.assert(
      fc.property(fc.oneof(finite, fc.float({ min: -65_520, max: 65_520, noNaN: true })), (value) => {
        const halves = pack([value]);
        expect(halves === undefined).toBe(Math.abs(value) >= 65_520);
        if (!halves) return;
        const [back] = unpack(halves)!;
        const error = Math.abs(back! - value);
        expect(error).toBeLessThanOrEqual(Math.abs(value) < LEAST_NORMAL ? 2 ** -25 : Math.abs(value) * 2 ** -11);
        expect(back === nearest(value)).toBe(true);
        expect(Math.abs(back!)).toBeLessThanOrEqual(LARGEST);
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps its order', () => {
    const small = fc.float({ min: -65_504, max: 65_504, noNaN: true });
    fc.assert(
      fc.property(small, small, (a, b) => {
        const [low, high] = unpack(pack([Math.min(a, b), Math.max(a, b)])!)!;
        expect(low!).toBeLessThanOrEqual(high!);
      }),
    );
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 65_520, -1e30])(
  '%d is not held',
  (value) => {
    expect(pack([1, value, 2])).toBeUndefined();
  },
);

test.each([0x7c00, 0xfc00, 0x7c01, 0x7e00, 0xffff])('the bits %i are no finite number', (half) => {
  expect(unpack(Uint16Array.of(0x3c00, half))).toBeUndefined();
});

test('views into a larger buffer are written where they lie', () => {
  const source = new Float32Array(8).fill(9);
  source.set([1.5, -2], 3);
  const target = new Uint16Array(8);
  expect(packHalves(source.subarray(3, 5), target.subarray(4, 6))).toBe(true);
  expect([...target]).toEqual([0, 0, 0, 0, 0x3e00, 0xc000, 0, 0]);
  const back = new Float32Array(6);
  expect(unpackHalves(target.subarray(4, 6), back.subarray(1, 3))).toBe(true);
  expect([...back]).toEqual([0, 1.5, -2, 0, 0, 0]);
});
