import { expect, test } from 'vitest';
import { longestSilenceS } from './watch-answer.ts';

const grown = (...times: number[]) => times.map((atMs) => ({ atMs }));

test('silence is from the last token before the fault to the next one', () => {
  expect(longestSilenceS(grown(1000, 5000, 5100, 8100, 8200), 5500)).toBe(3);
});

test('what was long before the fault is not counted', () => {
  expect(longestSilenceS(grown(1000, 5000, 5100, 5200), 5050)).toBeCloseTo(0.1);
});

test('with no token before, from the fault on', () => {
  expect(longestSilenceS(grown(9000, 9100), 5000)).toBe(4);
});

test('nobody was silent where all had come before', () => {
  expect(longestSilenceS(grown(1000, 2000), 3000)).toBe(0);
});
