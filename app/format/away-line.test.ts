import { expect, test } from 'vitest';
import { awayLine } from './away-line.ts';

test.each([
  [0, 400, 0, 'Away for 0 s. Next try in 1 s.'],
  [1000, 20_500, 13_900, 'Away for 12 s. Next try in 7 s.'],
  [0, 90_000, 90_000, 'Away for 1 min 30 s. Trying again now.'],
  [0, 1_000, 7_260_000, 'Away for 2 h 1 min. Trying again now.'],
])('B11: since %i, next try at %i, now %i', (sinceMs, nextTryMs, nowMs, line) => {
  expect(awayLine({ sinceMs, nextTryMs }, nowMs)).toBe(line);
});
