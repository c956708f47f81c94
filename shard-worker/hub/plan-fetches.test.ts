import { describe, expect, it } from 'vitest';
import type { BlobPart, WeightBlob } from '../words/weight-blob.ts';
import { randomBytes, seededRandom } from './fake-repo.ts';
import { planFetches } from './plan-fetches.ts';

function part(file: string, offset: number, length: number, blobOffset: number): BlobPart {
  return { file, offset, length, blobOffset, tensor: `${file}@${offset}` };
}

function ranges(blobs: WeightBlob[], windowBytes: number): [number, number][] {
  return [...planFetches(blobs, windowBytes).values()].flat().map(({ offset, length }) => [offset, length]);
}

describe('planFetches', () => {
  it('fetches parts that touch with one request, and leaves out any gap', () => {
    const parts = [part('f', 20, 10, 0), part('f', 0, 10, 10), part('f', 10, 10, 20), part('f', 31, 9, 30)];
    expect(ranges([{ location: 'b', size: 39, parts }], 1000)).toEqual([
      [0, 30],
      [31, 9],
    ]);
  });

  it('cuts where the file offset is a multiple of the window, wherever the run begins', () => {
    const one = ranges([{ location: 'b', size: 250, parts: [part('f', 30, 250, 0)] }], 100);
    const other = ranges([{ location: 'b', size: 200, parts: [part('f', 80, 200, 0)] }], 100);
    expect(one).toEqual([
      [30, 70],
      [100, 100],
      [200, 80],
    ]);
    // The window [100, 200) is the same for both: the second slice finds it in the cache.
    expect(other.slice(1)).toEqual(one.slice(1));
  });

  it('fetches bytes once that two blobs want (tied embeddings)', () => {
    const blobs = [
      { location: 'a', size: 50, parts: [part('f', 0, 50, 0)] },
      { location: 'b', size: 30, parts: [part('f', 20, 30, 0)] },
    ];
    const windows = planFetches(blobs, 1000).get('f');
    expect(windows).toEqual([
      {
        offset: 0,
        length: 50,
        copies: [
          { location: 'a', from: 0, to: 0, length: 50 },
          { location: 'b', from: 20, to: 0, length: 30 },
        ],
      },
    ]);
  });

  it('keeps files apart and skips empty parts', () => {
    const parts = [part('f', 0, 10, 0), part('g', 10, 10, 10), part('h', 5, 0, 0)];
    const plan = planFetches([{ location: 'b', size: 20, parts }], 1000);
    expect([...plan.keys()]).toEqual(['f', 'g']);
  });

  it.each([
    [part('f', -1, 5, 0)],
    [part('f', 0, 5, 6)],
    [part('f', 0, -5, 0)],
    [part('f', 0.5, 5, 0)],
    [part('f', 0, 5, Number.NaN)],
    [part('f', Number.MAX_SAFE_INTEGER, 5, 0)],
  ])('refuses the hostile part %j', (hostile) => {
    expect(() => planFetches([{ location: 'b', size: 10, parts: [hostile] }])).toThrow(
      expect.objectContaining({ code: 'model-unsupported' }),
    );
  });

  it('puts every byte in its place and fetches none in vain, for any parts', () => {
    const file = randomBytes(3000, 7);
    for (let seed = 0; seed < 150; seed += 1) {
      const next = seededRandom(seed);
      const blobs = Array.from({ length: 1 + next(4) }, (_, blob) => {
        const parts: BlobPart[] = [];
        let size = 0;
        for (let count = next(12); count > 0; count -= 1) {
          const offset = next(file.length);
          const length = next(Math.min(400, file.length - offset) + 1);
          size += next(3);
          parts.push(part('f', offset, length, size));
          size += length;
        }
        return { location: `blob-${blob}`, size, parts };
      });
      const needed = new Set<number>();
      for (const { offset, length } of blobs.flatMap((blob) => blob.parts)) {
        for (let byte = offset; byte < offset + length; byte += 1) needed.add(byte);
      }
      const windowBytes = 1 + next(500);
      const windows = planFetches(blobs, windowBytes).get('f') ?? [];
      const found = new Map(blobs.map(({ location, size }) => [location, new Uint8Array(size)]));
      for (const { offset, copies } of windows) {
        for (const { location, from, to, length } of copies) {
          found.get(location)?.set(file.subarray(offset + from, offset + from + length), to);
        }
      }
      const wanted = new Map(blobs.map((blob) => [blob.location, assemble(blob, file)]));
      expect(found, `seed ${seed}`).toEqual(wanted);
      expect(windows.reduce((sum, { length }) => sum + length, 0)).toBe(needed.size);
      expect(windows.every(({ length }) => length <= windowBytes)).toBe(true);
    }
  });
});

/** The blob as its parts define it, read straight from the file. */
function assemble(blob: WeightBlob, file: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(blob.size);
  for (const { offset, length, blobOffset } of blob.parts) {
    bytes.set(file.subarray(offset, offset + length), blobOffset);
  }
  return bytes;
}
