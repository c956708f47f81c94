import { expect, test } from 'vitest';
import { type KvPlace, kvCapacity, kvMoves, kvTensorBytes } from './kv-layout.ts';

const shape = { kvHeads: 3, headDim: 2, elementBytes: 4 } as const;
const [LONGEST, ROWS] = [8, 3];

/** Rows of tensors whose elements name head, position and column; what is not filled is -1. */
function tensor({ row, positions }: KvPlace, filled: number): Float32Array {
  const data = new Float32Array((ROWS * kvTensorBytes(shape, LONGEST)) / 4).fill(-1);
  for (let head = 0; head < shape.kvHeads; head++) {
    for (let position = 0; position < filled; position++) {
      for (let column = 0; column < shape.headDim; column++) {
        const at = ((row * shape.kvHeads + head) * positions + position) * shape.headDim + column;
        data[at] = head * 100 + position * 10 + column;
      }
    }
  }
  return data;
}

/** What a row holds of its first `kept` positions. */
function held(data: Float32Array, { row, positions }: KvPlace, kept: number): number[] {
  return Array.from({ length: shape.kvHeads }, (_, head) => {
    const start = (row * shape.kvHeads + head) * positions * shape.headDim;
    return [...data.subarray(start, start + kept * shape.headDim)];
  }).flat();
}

test.each([
  [5, 5, 8, 0, 0],
  [3, 5, 3, 0, 0],
  [2, 8, 4, 0, 0],
  [0, 4, 4, 0, 0],
  [4, 4, 4, 2, 0],
  [3, 4, 4, 0, 2],
  [1, 4, 4, 1, 0],
  [2, 4, 8, 2, 1],
])('keeping %i of %i positions in room for %i, row %i to row %i, keeps each head’s', (kept, from, to, row, toRow) => {
  const [source, target] = [
    { row, positions: from },
    { row: toRow, positions: to },
  ];
  const bytes = new Uint8Array(tensor(source, kept).buffer);
  const moved = new Uint8Array(tensor(target, 0).buffer);
  for (const move of kvMoves(shape, kept, source, target))
    moved.set(bytes.subarray(move.from, move.from + move.length), move.to);
  const values = new Float32Array(moved.buffer);
  expect(held(values, target, kept)).toEqual(held(tensor(target, kept), target, kept));
  // Nothing outside of the row was written to.
  const rowFloats = kvTensorBytes(shape, to) / 4;
  for (let at = 0; at < values.length; at++) {
    if (Math.floor(at / rowFloats) !== toRow) expect(values[at]).toBe(-1);
  }
});

test('capacity doubles up to the context', () => {
  expect(kvCapacity(1, 4096)).toBe(256);
  expect(kvCapacity(257, 4096)).toBe(512);
  expect(kvCapacity(3000, 4000)).toBe(4000);
  expect(kvCapacity(10, 100)).toBe(100);
});
