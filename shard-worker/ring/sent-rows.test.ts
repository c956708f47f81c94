// What was sent is given back as it travelled, whatever was written over meanwhile.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadBytesOf } from '../../protocol/frame.ts';
import { PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import { type SentChunk, SentRows } from './sent-rows.ts';

const WIDTH = 4;
const DTYPES = ['float32', 'float16', 'int8'] as const;

/** Rows whose every byte says which position and which write they are of; with `int8` the scale too. */
function chunkOf(position: number, tokens: number, dtype: SentChunk['dtype'], write: number): SentChunk {
  const payload = new Uint8Array(payloadBytesOf(dtype, tokens, WIDTH));
  const scales = dtype === 'int8' ? 4 * tokens : 0;
  const rowBytes = (payload.byteLength - scales) / tokens;
  for (let row = 0; row < tokens; row += 1) {
    const mark = (position + row + 7 * write) % 251;
    if (scales > 0) payload.fill(mark, 4 * row, 4 * row + 4);
    payload.fill(mark, scales + row * rowBytes, scales + (row + 1) * rowBytes);
  }
  return { position, tokens, width: WIDTH, dtype, payload };
}

describe('SentRows', () => {
  test('gives rows as they were written last, in chunks of a prefill, and counts their bytes', () => {
    const writes = fc.array(
      fc.record({
        back: fc.nat({ max: 30 }),
        tokens: fc.integer({ min: 1, max: 90 }),
        dtype: fc.constantFrom(...DTYPES),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(writes, fc.nat({ max: 400 }), (given, wanted) => {
        const rows = new SentRows();
        const model: { dtype: SentChunk['dtype']; mark: number }[] = [];
        for (const [write, { back, tokens, dtype }] of given.entries()) {
          const position = Math.max(0, model.length - back);
          rows.add(chunkOf(position, tokens, dtype, write));
          model.length = position;
          for (let at = 0; at < tokens; at += 1) model.push({ dtype, mark: (position + at + 7 * write) % 251 });
        }
        expect(rows.end).toBe(model.length);
        expect(rows.bytes).toBe(model.reduce((sum, { dtype }) => sum + payloadBytesOf(dtype, 1, WIDTH), 0));
        const before = rows.before(wanted);
        if (wanted > model.length) {
          expect(before).toBeUndefined();
          return;
        }
        let position = 0;
        for (const chunk of before!) {
          expect(chunk.position).toBe(position);
          expect(chunk.tokens).toBeLessThanOrEqual(PREFILL_CHUNK_TOKENS);
          expect(chunk.payload.byteLength).toBe(payloadBytesOf(chunk.dtype, chunk.tokens, WIDTH));
          const scales = chunk.dtype === 'int8' ? 4 * chunk.tokens : 0;
          const rowBytes = (chunk.payload.byteLength - scales) / chunk.tokens;
          for (let row = 0; row < chunk.tokens; row += 1) {
            const { dtype, mark } = model[position + row]!;
            expect(chunk.dtype).toBe(dtype);
            const own = chunk.payload.subarray(scales + row * rowBytes, scales + (row + 1) * rowBytes);
            const scale = chunk.payload.subarray(4 * row, scales > 0 ? 4 * row + 4 : 4 * row);
            expect([...own, ...scale].every((byte) => byte === mark)).toBe(true);
          }
          position += chunk.tokens;
        }
        expect(position).toBe(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test('what comes behind a gap is not kept, nor what follows it, until something goes on where it ends', () => {
    const rows = new SentRows();
    rows.add(chunkOf(0, 3, 'float32', 0));
    rows.add(chunkOf(5, 2, 'float32', 1));
    rows.add(chunkOf(7, 1, 'float32', 2));
    expect([rows.end, rows.before(4)]).toEqual([3, undefined]);
    rows.add(chunkOf(3, 4, 'float32', 3));
    expect(rows.before(7)!.map(({ tokens }) => tokens)).toEqual([7]);
    rows.clear();
    expect([rows.end, rows.bytes, rows.before(0)]).toEqual([0, 0, []]);
  });
});
