import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Codec } from '../../protocol/codec.ts';
import { CODECS } from '../../protocol/names.ts';
import { chooseCodec, type RowsShape } from './choose-codec.ts';

const rows = (tokens: number, width: number, activation: RowsShape['activation'] = 'float32'): RowsShape => ({
  ...{ tokens, width, activation },
});

/** Sizes are those of the exact rows. */
test.each<[string, number, RowsShape, Codec]>([
  ['nothing is known yet', 0, rows(64, 4096), 'exact'],
  ['the same machine, 1 MB', 0.3, rows(64, 4096), 'exact'],
  ['one room, 10 KB', 2, rows(1, 2560), 'exact'],
  ['across a continent, 10 KB: one burst', 100, rows(1, 2560), 'exact'],
  ['across a continent, 66 KB: one burst', 100, rows(64, 256), 'exact'],
  ['across a continent, 164 KB: half of it is no burst either', 100, rows(16, 2560), 'int8'],
  ['across a continent, 123 KB: half of it is one burst', 100, rows(12, 2560), 'f16'],
  ['across a continent, 655 KB', 100, rows(64, 2560), 'int8'],
  ['the same machine, 82 KB of a float16 model', 0.5, rows(16, 2560, 'float16'), 'exact'],
  ['across a continent, 164 KB of a float16 model', 100, rows(32, 2560, 'float16'), 'exact'],
  ['across a continent, 123 KB of a float16 model', 100, rows(24, 2560, 'float16'), 'int8'],
])('auto: %s', (_what, rttMs, shape, codec) => {
  expect(chooseCodec('auto', rttMs, shape)).toBe(codec);
});

test('a named codec is taken whatever the link', () => {
  for (const codec of CODECS) {
    expect(chooseCodec(codec, 0, rows(1, 8))).toBe(codec);
    expect(chooseCodec(codec, 300, rows(64, 8192))).toBe(codec);
  }
});

test('a nearer link never makes auto coarser, and a burst is never packed', () => {
  const rtt = fc.double({ min: 0, max: 400, noNaN: true });
  fc.assert(
    fc.property(rtt, rtt, fc.integer({ min: 1, max: 512 }), (a, b, tokens) => {
      const pick = (rttMs: number) => CODECS.indexOf(chooseCodec('auto', rttMs, rows(tokens, 1024)));
      expect(pick(Math.min(a, b))).toBeLessThanOrEqual(pick(Math.max(a, b)));
      if (tokens * 4096 <= 70_000) expect(pick(a)).toBe(0);
    }),
  );
});
