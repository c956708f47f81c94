import { expect, test } from 'vitest';
import { layoutStrip } from './layer-strip.ts';

test('a range takes its share of the strip', () => {
  expect(layoutStrip(8, [{ start: 2, end: 4, own: true }])).toEqual([
    { start: 2, end: 4, own: true, leftPercent: 25, widthPercent: 25 },
  ]);
});

test('ranges that cover the model fill the strip without gap or overlap', () => {
  const segments = layoutStrip(7, [
    { start: 0, end: 3, own: false },
    { start: 3, end: 5, own: true },
    { start: 5, end: 7, own: false },
  ]);
  let edge = 0;
  for (const segment of segments) {
    expect(segment.leftPercent).toBeCloseTo(edge);
    edge += segment.widthPercent;
  }
  expect(edge).toBeCloseTo(100);
});

test('a range of another model is cut, an empty one left out', () => {
  expect(layoutStrip(4, [{ start: 2, end: 9, own: false }])[0]).toMatchObject({ start: 2, end: 4 });
  expect(layoutStrip(4, [{ start: 5, end: 9, own: false }])).toEqual([]);
});
