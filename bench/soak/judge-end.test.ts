import { expect, test } from 'vitest';
import { isTrue } from './judge-end.ts';

const SEEN = {
  leaves: [100_000],
  looks: [
    { atMs: 50_000, isReady: true },
    { atMs: 200_000, isReady: false },
  ],
};

test.each([
  ['stage-left', 95_000, 101_000, true],
  ['stage-left', 102_000, 110_000, true],
  ['stage-left', 120_000, 130_000, false],
  ['stage-left', 80_000, 99_000, false],
  ['no-stages', 199_000, 200_500, true],
  ['no-stages', 48_000, 52_000, false],
  ['internal', 95_000, 101_000, false],
  ['rate-limited', 199_000, 200_500, false],
])('%s, asked at %i, ended at %i: %s', (code, askedMs, endedMs, expected) => {
  expect(isTrue({ code, askedMs, endedMs }, SEEN)).toBe(expected);
});
