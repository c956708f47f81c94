// float32 to IEEE 754 binary16 and back, in whole numbers, rounded to nearest even. A browser's own Float16Array gives the
// same bits (e2e/codec.spec.ts) and took twice as long per row in Chromium 156; not every browser has one. Pure.

/** Least magnitude that would round to infinity: 65504 and half a unit of its last place. */
const OVERFLOW_BITS = 0x477f_f000;
/** 2^-14, the least normal half, as float32. */
const NORMAL_BITS = 0x3880_0000;
/** 2^-25: half of the least half, a tie that goes to zero. */
const VANISHING_BITS = 0x3300_0000;
/** All bits of a half's exponent: of its infinities and NaNs. */
const HALF_EXPONENT = 0x7c00;

/**
 * Writes `source` as halves. Each comes back within 2^-11 of its magnitude, and within 2^-25 below 2^-14. False when a value
 * is NaN, infinite, or of 65520 and more, which half precision does not hold; then `target` means nothing.
 */
export function packHalves(source: Float32Array, target: Uint16Array): boolean {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let index = 0; index < bits.length; index++) {
    const word = bits[index]!;
    const magnitude = word & 0x7fff_ffff;
    if (magnitude >= OVERFLOW_BITS) return false;
    target[index] = ((word >>> 16) & 0x8000) | halfOf(magnitude);
  }
  return true;
}

/** Exact: every half is a float32. False when one is NaN or infinite, which `packHalves` never writes. */
export function unpackHalves(source: Uint16Array, target: Float32Array): boolean {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let index = 0; index < bits.length; index++) {
    const half = source[index]!;
    const exponent = half & HALF_EXPONENT;
    if (exponent === HALF_EXPONENT) return false;
    const sign = (half & 0x8000) << 16;
    const fraction = half & 0x3ff;
    if (exponent !== 0) bits[index] = sign | (((half & 0x7fff) << 13) + (112 << 23));
    else if (fraction === 0) bits[index] = sign;
    else {
      // Subnormal: its highest bit becomes the hidden one of a float32, the rest its fraction.
      const lead = Math.clz32(fraction) - 21;
      bits[index] = sign | ((113 - lead) << 23) | (((fraction << lead) & 0x3ff) << 13);
    }
  }
  return true;
}

/** The half of float32 bits without their sign, below `OVERFLOW_BITS`. */
function halfOf(magnitude: number): number {
  // The exponent's bias goes from 127 to 15. Exponent and fraction are rounded as one number, so that a carry out of the
  // fraction makes the exponent one larger, as it must.
  if (magnitude >= NORMAL_BITS) return (magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
  if (magnitude <= VANISHING_BITS) return 0;
  // Subnormal: the fraction with its hidden bit, in units of 2^-24. A carry makes the least normal half.
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const kept = fraction >>> shift;
  const lost = fraction & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return lost > middle || (lost === middle && (kept & 1) === 1) ? kept + 1 : kept;
}
