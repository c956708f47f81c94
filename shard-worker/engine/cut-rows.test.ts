import { expect, test } from 'vitest';
import { cutRows, joinOutputs, UNBOUNDED } from './cut-rows.ts';
import type { ExecutorInput, ExecutorOutput } from './layer-executor.ts';

const ids = (...values: number[]): ExecutorInput => ({
  ...{ ids: Int32Array.from(values), tokens: values.length, rows: 'last', inverseTemperature: 2 },
});
const times = { uploadMs: 1, computeMs: 2, readbackMs: 3, batch: 1 };

test('a step that fits is one run, and itself', () => {
  const input = ids(1, 2, 3);
  expect(cutRows(input, 3)[0]).toBe(input);
  expect(cutRows(input, UNBOUNDED.rows)).toEqual([input]);
});

test('tokens come in order, and the last row is asked for once', () => {
  const pieces = cutRows(ids(1, 2, 3, 4, 5), 2);
  expect(pieces.map((piece) => [...piece.ids!])).toEqual([[1, 2], [3, 4], [5]]);
  expect(pieces.map(({ rows }) => rows)).toEqual(['none', 'none', 'last']);
  expect(pieces.map(({ tokens }) => tokens)).toEqual([2, 2, 1]);
  expect(pieces.every(({ inverseTemperature }) => inverseTemperature === 2)).toBe(true);
});

test.each(['all', 'none'] as const)('where %s rows are asked for, they are of each piece', (rows) => {
  expect(cutRows({ ...ids(1, 2, 3), rows }, 2).map((piece) => piece.rows)).toEqual([rows, rows]);
});

test('states are cut at rows, whatever a row takes', () => {
  const hidden = Uint8Array.from({ length: 15 }, (_, at) => at);
  const pieces = cutRows({ hidden, tokens: 5, rows: 'last', inverseTemperature: 1 }, 2);
  expect(pieces.map((piece) => [...piece.hidden!])).toEqual([
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11],
    [12, 13, 14],
  ]);
});

test('outputs of pieces are one output: states behind one another, times added up', () => {
  const outputs: ExecutorOutput[] = [
    { hidden: Uint8Array.of(1, 2), ...times },
    { hidden: Uint8Array.of(3), ...times },
  ];
  expect(joinOutputs(outputs)).toEqual({
    ...{ hidden: Uint8Array.of(1, 2, 3), batch: 1, uploadMs: 2, computeMs: 4, readbackMs: 6 },
  });
  expect(joinOutputs([outputs[0]!])).toBe(outputs[0]);
});

test('rows of pieces are one list, empty where none was asked for', () => {
  const row = (id: number) => ({ ids: Int32Array.of(id), values: Float32Array.of(1), logSumExp: 0 });
  const joined = joinOutputs([
    { rows: [row(1), row(2)], ...times },
    { rows: [row(3)], ...times },
  ]);
  expect(joined.rows!.map(({ ids: [id] }) => id)).toEqual([1, 2, 3]);
  expect(
    joinOutputs([
      { rows: [], ...times },
      { rows: [], ...times },
    ]).rows,
  ).toEqual([]);
});
