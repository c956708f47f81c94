import { expect, test } from 'vitest';
import { readCredits, readWhole } from './whole-number.ts';

test.each([
  ['1', 1],
  [' 365 ', 365],
  ['0', undefined],
  ['366', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['many', undefined],
])('“%s” is %s of 1 to 365', (typed, value) => {
  expect(readWhole(typed, 1, 365)).toBe(value);
});

test.each([
  ['10', 10_000_000],
  ['2.5', 2_500_000],
  ['2,5', 2_500_000],
  ['0.000001', 1],
  ['0', 0],
  ['0.0000001', undefined],
  ['1000001', undefined],
  ['-1', undefined],
  ['', undefined],
])('“%s” credits are %s micros', (typed, micros) => {
  expect(readCredits(typed, 1_000_000)).toBe(micros);
});
