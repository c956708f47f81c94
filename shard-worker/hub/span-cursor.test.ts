import { describe, expect, it } from 'vitest';
import { randomBytes, seededRandom } from './fake-repo.ts';
import { SpanCursor } from './span-cursor.ts';

const FILE = randomBytes(500, 1);

describe('SpanCursor', () => {
  it('skips what lies before and between the spans', () => {
    const cursor = new SpanCursor([
      { offset: 10, length: 5 },
      { offset: 20, length: 3 },
    ]);
    expect(cursor.accept(0, FILE)).toBe(8);
    expect(cursor.takeFinished()).toEqual([
      { index: 0, bytes: FILE.slice(10, 15) },
      { index: 1, bytes: FILE.slice(20, 23) },
    ]);
    expect(cursor.isDone).toBe(true);
    expect(cursor.takeFinished()).toEqual([]);
  });

  it('names the byte to go on from, and takes repeated bytes once', () => {
    const cursor = new SpanCursor([{ offset: 100, length: 50 }]);
    cursor.accept(100, FILE.subarray(100, 130));
    expect([cursor.position, cursor.spanEnd, cursor.finished]).toEqual([130, 150, 0]);
    expect(cursor.accept(90, FILE.subarray(90, 200))).toBe(20);
    expect(cursor.takeFinished()).toEqual([{ index: 0, bytes: FILE.slice(100, 150) }]);
  });

  it('cuts spans at the end of the file', () => {
    const cursor = new SpanCursor([{ offset: 490, length: 100 }]);
    cursor.accept(490, FILE.subarray(490, 494));
    cursor.clip(500);
    cursor.accept(494, FILE.subarray(494));
    expect(cursor.takeFinished()).toEqual([{ index: 0, bytes: FILE.slice(490) }]);
  });

  it('finishes empty spans without a byte', () => {
    const cursor = new SpanCursor([{ offset: 0, length: 100 }]);
    cursor.clip(0);
    expect(cursor.takeFinished()).toEqual([{ index: 0, bytes: new Uint8Array(0) }]);
    expect(cursor.isDone).toBe(true);
  });

  it('refuses a hole in the stream', () => {
    const cursor = new SpanCursor([{ offset: 10, length: 5 }]);
    expect(() => cursor.accept(11, FILE)).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('collects any spans from any chunks', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const next = seededRandom(seed);
      const spans = [];
      for (let offset = next(40); offset < FILE.length; offset += next(60)) {
        const length = Math.min(next(50), FILE.length - offset);
        spans.push({ offset, length });
        offset += length;
      }
      const cursor = new SpanCursor(spans);
      const found = [];
      for (let offset = 0; offset < FILE.length; ) {
        const length = 1 + next(70);
        cursor.accept(offset, FILE.subarray(offset, offset + length));
        found.push(...cursor.takeFinished());
        offset += length;
      }
      found.push(...cursor.takeFinished());
      const wanted = spans.map(({ offset, length }, index) => ({ index, bytes: FILE.slice(offset, offset + length) }));
      expect(found, `seed ${seed}`).toEqual(wanted);
    }
  });
});
