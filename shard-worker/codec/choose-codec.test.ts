import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CODECS, type Codec } from '../../protocol/codec.ts';
import { chooseCodec, type LinkMeasures, type RowsShape } from './choose-codec.ts';

const rows = (tokens: number, width: number, activation: RowsShape['activation'] = 'float32'): RowsShape => ({
  ...{ tokens, width, activation },
});
const MB = 1e6;

/** Sizes are those of the exact rows. */
test.each<[string, LinkMeasures, RowsShape, Codec]>([
  ['nothing is known yet', { rttMs: 0 }, rows(64, 4096), 'exact'],
  ['the same machine, 1 MB', { rttMs: 0.3 }, rows(64, 4096), 'exact'],
  ['one room, 10 KB', { rttMs: 2 }, rows(1, 2560), 'exact'],
  ['across a continent, 10 KB: one burst', { rttMs: 100 }, rows(1, 2560), 'exact'],
  ['across a continent, 66 KB: one burst', { rttMs: 100 }, rows(64, 256), 'exact'],
  ['across a continent, 164 KB: half of it is no burst either', { rttMs: 100 }, rows(16, 2560), 'int8'],
  ['across a continent, 123 KB: half of it is one burst', { rttMs: 100 }, rows(12, 2560), 'f16'],
  ['across a continent, 655 KB', { rttMs: 100 }, rows(64, 2560), 'int8'],
  ['the same machine, 82 KB of a float16 model', { rttMs: 0.5 }, rows(16, 2560, 'float16'), 'exact'],
  ['across a continent, 164 KB of a float16 model', { rttMs: 100 }, rows(32, 2560, 'float16'), 'exact'],
  ['across a continent, 123 KB of a float16 model', { rttMs: 100 }, rows(24, 2560, 'float16'), 'int8'],
  ['a thin wire, 10 KB', { rttMs: 20, bytesPerSecond: 0.5 * MB }, rows(1, 2560), 'int8'],
  ['a middling wire, 10 KB', { rttMs: 20, bytesPerSecond: 4 * MB }, rows(1, 2560), 'f16'],
  ['a wide wire, 10 KB', { rttMs: 20, bytesPerSecond: 100 * MB }, rows(1, 2560), 'exact'],
  ['a thin wire, 10 KB of a float16 model', { rttMs: 20, bytesPerSecond: 0.5 * MB }, rows(2, 2560, 'float16'), 'int8'],
])('auto: %s', (_what, link, shape, codec) => {
  expect(chooseCodec('auto', link, shape)).toBe(codec);
});

test('a named codec is taken whatever the link', () => {
  for (const codec of CODECS) {
    expect(chooseCodec(codec, { rttMs: 0 }, rows(1, 8))).toBe(codec);
    expect(chooseCodec(codec, { rttMs: 300, bytesPerSecond: 1000 }, rows(64, 8192))).toBe(codec);
  }
});

test('a faster link never makes auto coarser', () => {
  const speed = fc.integer({ min: 10_000, max: 100_000_000 });
  fc.assert(
    fc.property(speed, speed, fc.integer({ min: 1, max: 16 }), (a, b, tokens) => {
      // One burst, where the time on the way grows with the bytes alone.
      const pick = (bytesPerSecond: number) =>
        CODECS.indexOf(chooseCodec('auto', { rttMs: 10, bytesPerSecond }, rows(tokens, 1024)));
      expect(pick(Math.max(a, b))).toBeLessThanOrEqual(pick(Math.min(a, b)));
    }),
  );
});
