// The noise that docs/PROTOCOL.md quotes, computed by another program than this one.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { philox4x32 } from './philox.ts';
import { gumbelNoise } from './sample-token.ts';

interface Noise {
  seed: number;
  position: number;
  token: number;
  words: string;
  uniformBits: string;
  noise: number;
}

const path = new URL('../../protocol/golden-vectors.json', import.meta.url);
const { noise } = JSON.parse(readFileSync(path, 'utf8')) as { noise: Noise[] };

test.each(noise)('seed $seed, position $position, token $token', (golden) => {
  const { seed, position, token } = golden;
  const words = philox4x32([seed % 2 ** 32, Math.floor(seed / 2 ** 32)], [position, token, 0, 0]);
  expect(words.map((word) => word.toString(16).padStart(8, '0')).join('')).toBe(golden.words);
  const bits = (BigInt(words[0] >>> 6) << 26n) | BigInt(words[1] >>> 6);
  expect(bits.toString(16).padStart(13, '0')).toBe(golden.uniformBits);
  // Math.log may differ in the last bit from one engine to another.
  expect(gumbelNoise(seed, position, token)).toBeCloseTo(golden.noise, 12);
});
