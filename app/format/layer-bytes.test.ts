import { expect, test } from 'vitest';
import { allBytes, splitBytes } from './layer-bytes.ts';

const facts = { layerBytes: [100, 100], embeddingBytes: 200, headBytes: 210, tiedBytes: 200 };

test('parts stand in the order of the model and fill the strip', () => {
  const parts = splitBytes(facts);
  expect(parts.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['embedding', 200],
    ['layer 0', 100],
    ['layer 1', 100],
    ['output head', 10],
  ]);
  expect(parts.reduce((sum, part) => sum + part.percent, 0)).toBeCloseTo(100);
});

test('a head that is all tied takes no room of its own', () => {
  expect(splitBytes({ ...facts, headBytes: 200 }).map(({ kind }) => kind)).toEqual(['embedding', 'layer', 'layer']);
});

test('ends without bytes are no parts', () => {
  const bare = { embeddingBytes: 0, headBytes: 0, tiedBytes: 0 };
  expect(splitBytes({ ...bare, layerBytes: [30, 10] }).map(({ percent }) => percent)).toEqual([75, 25]);
  expect(splitBytes({ ...bare, layerBytes: [] })).toEqual([]);
});

test('a tied embedding counts once', () => {
  expect(allBytes(facts)).toBe(410);
});
