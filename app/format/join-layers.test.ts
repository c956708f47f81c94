import { expect, test } from 'vitest';
import { joinLayers } from './join-layers.ts';

test.each([
  ['nothing', [], []],
  [
    'what touches',
    [
      [3, 6],
      [0, 3],
      [6, 8],
    ],
    [[0, 8]],
  ],
  [
    'what overlaps, and lies within',
    [
      [0, 5],
      [1, 2],
      [4, 6],
    ],
    [[0, 6]],
  ],
  [
    'what does not',
    [
      [4, 8],
      [0, 3],
    ],
    [
      [0, 3],
      [4, 8],
    ],
  ],
] as const)('%s', (_name, ranges, joined) => {
  const given = ranges.map(([start, end]) => ({ start, end }));
  const before = structuredClone(given);
  expect(joinLayers(given).map(({ start, end }) => [start, end])).toEqual(joined);
  expect(given).toEqual(before);
});
