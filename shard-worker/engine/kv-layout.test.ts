import { expect, test } from 'vitest';
import { kvCapacity, kvMoves, kvTensorBytes } from './kv-layout.ts';

const shape = { kvHeads: 3, headDim: 2, elementBytes: 4 } as const;

/** A tensor whose element names its head, position and column. */
function tensor(positions: number, filled = positions): Float32Array {
  const data = new Float32Array(kvTensorBytes(shape, positions) / 4).fill(-1);
  for (let head = 0; head < shape.kvHeads; head++) {
    for (let position = 0; position < filled; position++) {
      for (let column = 0; column < shape.headDim; column++) {
        data[(head * positions + position) * shape.headDim + column] = head * 100 + position * 10 + column;
      }
    }
  }
  return data;
}

test.each([
  [5, 5, 8],
  [3, 5, 3],
  [2, 8, 4],
  [0, 4, 4],
])('keeping %i of %i positions in room for %i keeps each head’s rows', (kept, from, to) => {
  const source = new Uint8Array(tensor(from).buffer);
  const target = new Uint8Array(tensor(to, 0).buffer);
  for (const move of kvMoves(shape, kept, from, to))
    target.set(source.subarray(move.from, move.from + move.length), move.to);
  expect(new Float32Array(target.buffer)).toEqual(tensor(to, kept));
});

test('capacity doubles up to the context', () => {
  expect(kvCapacity(1, 4096)).toBe(256);
  expect(kvCapacity(257, 4096)).toBe(512);
  expect(kvCapacity(3000, 4000)).toBe(4000);
  expect(kvCapacity(10, 100)).toBe(100);
});
