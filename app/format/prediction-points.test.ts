import { expect, test } from 'vitest';
import { layoutPredictions, roundUp } from './prediction-points.ts';

test.each([
  [0, 1],
  [1, 1],
  [1.2, 2],
  [41, 50],
  [50, 50],
  [0.03, 0.05],
  [99, 100],
])('%d rounds up to %d', (value, top) => {
  expect(roundUp(value)).toBeCloseTo(top, 9);
});

test('both axes share one scale and the error is a median over what happened', () => {
  const { points, top, medianErrorPercent } = layoutPredictions([
    { predicted: 10, actual: 20 },
    { predicted: 40, actual: 40 },
    { predicted: 30, actual: 40 },
  ]);
  expect(top).toBe(50);
  expect(points).toEqual([
    { x: 0.2, y: 0.4 },
    { x: 0.8, y: 0.8 },
    { x: 0.6, y: 0.8 },
  ]);
  expect(medianErrorPercent).toBeCloseTo(25);
});

test('two jobs have the mean of both as median', () => {
  const pairs = [
    { predicted: 10, actual: 20 },
    { predicted: 20, actual: 20 },
  ];
  expect(layoutPredictions(pairs).medianErrorPercent).toBeCloseTo(25);
});

test('what cannot be compared is left out', () => {
  const empty = layoutPredictions([
    { predicted: 0, actual: 5 },
    { predicted: 5, actual: 0 },
  ]);
  expect(empty).toEqual({ points: [], top: 1 });
});
