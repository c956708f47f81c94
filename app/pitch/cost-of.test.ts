import { expect, it } from 'vitest';
import { electricityPerMillion, FIRST_GUESS } from './cost-of.ts';

it('is watts, hours and a price', () => {
  // 180 W for 1,000,000 / 60 s = 4.63 h at 0.30 per kWh.
  expect(electricityPerMillion(FIRST_GUESS)).toBeCloseTo(0.25, 2);
  expect(electricityPerMillion({ ...FIRST_GUESS, tokensPerSecond: 120 })).toBeCloseTo(0.125, 3);
  expect(electricityPerMillion({ ...FIRST_GUESS, wattsPerTab: 0 })).toBe(0);
});

it.each([0, -1, Number.NaN])('says nothing for %d tokens a second', (tokensPerSecond) => {
  expect(electricityPerMillion({ ...FIRST_GUESS, tokensPerSecond })).toBeUndefined();
});
