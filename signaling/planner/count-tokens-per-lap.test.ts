import { expect, it } from 'vitest';
import { countTokensPerLap, TYPICAL_ACCEPTANCE, verifyFactor } from './count-tokens-per-lap.ts';

it.each([
  [0, 4, 1],
  [1, 4, 5],
  [0.5, 2, 1.75],
  [0.7, 0, 1],
  [7, 2, 3],
  [-1, 2, 1],
])('%s kept of %s drafted gives %s', (acceptance, drafted, tokens) => {
  expect(countTokensPerLap(acceptance, drafted)).toBeCloseTo(tokens);
});

it('begins with what others measured', () => {
  // Chains of four and eight: 2.81 and 3.35 at the lower end; n-gram: 1.07 to 1.10.
  expect(Math.abs(countTokensPerLap(TYPICAL_ACCEPTANCE.model, 4) - 2.81)).toBeLessThan(0.06);
  expect(Math.abs(countTokensPerLap(TYPICAL_ACCEPTANCE.model, 8) - 3.35)).toBeLessThan(0.2);
  expect(countTokensPerLap(TYPICAL_ACCEPTANCE.ngram, 4)).toBeGreaterThan(1.07);
  expect(countTokensPerLap(TYPICAL_ACCEPTANCE.ngram, 4)).toBeLessThan(1.1);
});

it('costs nothing to verify nothing', () => {
  expect(verifyFactor(0)).toBe(1);
  expect(verifyFactor(3)).toBeCloseTo(1.96);
});
