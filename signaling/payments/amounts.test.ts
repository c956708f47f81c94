import { expect, test } from 'vitest';
import { formatDollars, picoOfWei, usdcOfWei, weiOfDollars, weiOfPico, weiOfUsdc } from './amounts.ts';

test('a price of $0.20 per million tokens is a whole number of pico-dollars, and to the wei on the chain', () => {
  const pico = 200_000;
  expect(weiOfPico(pico) * 1_000_000n).toBe(weiOfDollars(0.2));
  expect(picoOfWei(weiOfPico(pico))).toBe(pico);
});

test('what has to be paid in is rounded up, what may be spent down', () => {
  expect(usdcOfWei(1n)).toBe(1n);
  expect(usdcOfWei(weiOfUsdc(7n))).toBe(7n);
  expect(picoOfWei(1_999_999n)).toBe(1);
});

test.each([
  [0n, '0'],
  [10n ** 18n, '1'],
  [184_000_000_000_000n, '0.000184'],
  [12_500_000_000_000_000_000n, '12.5'],
  [999_999_999n, '0'],
])('%s wei are %s dollars', (wei, text) => {
  expect(formatDollars(wei)).toBe(text);
});
