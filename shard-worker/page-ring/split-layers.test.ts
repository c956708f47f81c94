import { expect, it } from 'vitest';
import { splitLayers } from './split-layers.ts';

it.each([
  [8, 3, [0, 3, 6, 8]],
  [8, 2, [0, 4, 8]],
  [6, 3, [0, 2, 4, 6]],
  [2, 3, [0, 1, 2]],
  [1, 1, [0, 1]],
])('%d layers over %d stages', (layers, stages, cuts) => {
  const ranges = splitLayers(layers, stages);
  expect(ranges.map(({ start }) => start)).toEqual(cuts.slice(0, -1));
  expect(ranges.map(({ end }) => end)).toEqual(cuts.slice(1));
});
