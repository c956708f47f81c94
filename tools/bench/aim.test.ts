import { expect, test } from 'vitest';
import { atLeast, atMost } from './aim.ts';

test('an aim is met by what was measured, not by what is written', () => {
  expect(atMost('p50 ms', 55, 54.999)).toEqual({ what: 'p50 ms', aim: '≤ 55', measured: 55, met: true });
  expect(atMost('p50 ms', 55, 55.001)).toEqual({ what: 'p50 ms', aim: '≤ 55', measured: 55, met: false });
  expect(atLeast('ratio', 0.95, 0.95)).toMatchObject({ aim: '≥ 0.95', met: true });
  expect(atLeast('ratio', 0.95, 0.9312345)).toMatchObject({ measured: 0.9312, met: false });
});

test('what is no number meets nothing', () => {
  expect(atLeast('ratio', 1, Number.NaN).met).toBe(false);
  expect(atMost('ms', 1, Number.NaN).met).toBe(false);
});
