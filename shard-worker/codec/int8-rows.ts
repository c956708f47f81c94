// Rows of float32 as one scale and a byte per element each: symmetric, by the row's largest magnitude, rounded to nearest
// even. In the payload all scales come first, so that codes are one run. Pure.

/** float32 scale of each row. */
export const SCALE_BYTES = 4;
const MOST = 127;
/** Added and taken away again, leaves a number below 2^51 rounded to nearest even. */
const TO_EVEN = 1.5 * 2 ** 52;
/** Least float32 above 0. */
const LEAST = 2 ** -149;

/**
 * Writes rows of `width`. With `m` the row's largest magnitude, each element comes back within
 * `m / 254 + m × 2^-23 + 2^-149`: half a scale; rounding of the scale and of the product; steps of numbers near 0.
 * False when a row has a NaN or an infinity, or is so large that its product with the scale would be one.
 */
export function packInt8Rows(source: Float32Array, width: number, scales: Float32Array, codes: Int8Array): boolean {
  for (let row = 0; row < scales.length; row++) {
    const from = row * width;
    const to = from + width;
    let most = 0;
    let sum = 0;
    for (let index = from; index < to; index++) {
      const magnitude = Math.abs(source[index]!);
      // A NaN passes every comparison unseen: the sum shows it, in doubles, where float32 cannot overflow.
      sum += magnitude;
      if (magnitude > most) most = magnitude;
    }
    if (!Number.isFinite(sum)) return false;
    const scale = scaleOf(most);
    if (!isScale(scale)) return false;
    scales[row] = scale;
    for (let index = from; index < to; index++) {
      codes[index] = source[index]! / scale + TO_EVEN - TO_EVEN;
    }
  }
  return true;
}

/** Reads rows of `width`. False when a scale or a code is none that `packInt8Rows` writes. */
export function unpackInt8Rows(scales: Float32Array, codes: Int8Array, width: number, target: Float32Array): boolean {
  for (let row = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    if (!isScale(scale)) return false;
    const to = (row + 1) * width;
    for (let index = row * width; index < to; index++) {
      const code = codes[index]!;
      if (code < -MOST) return false;
      target[index] = code * scale;
    }
  }
  return true;
}

/** float32, never 0. Near 0, where float32 has few steps, it is rounded up if need be: no code is above 127. */
function scaleOf(most: number): number {
  const scale = Math.fround(most / MOST);
  return most >= scale * (MOST + 0.5) ? scale + LEAST : scale;
}

/** Positive, and its largest row is finite. */
const isScale = (scale: number): boolean => scale > 0 && Number.isFinite(Math.fround(scale * MOST));
