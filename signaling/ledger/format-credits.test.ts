import { expect, test } from 'vitest';
import { formatCredits } from './format-credits.ts';

test.each([
  [0, '0'],
  [1, '0.000001'],
  [1_250_000, '1.25'],
  [1_000_000, '1'],
  [-2_500_000, '-2.5'],
  [-1, '-0.000001'],
  [9_007_199_254_740_991, '9007199254.740991'],
])('%i micros are %s credits', (micros, credits) => {
  expect(formatCredits(micros)).toBe(credits);
});
