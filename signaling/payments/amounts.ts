// Dollars in three sizes. Jobs and prices of market pools count pico-dollars (safe integers: $0.20 per million tokens is 200,000 a
// token), contracts and USDCx wei of 18 digits, USDC itself millionths. All but the first are bigint, and none is ever a credit.

const WEI_PER_PICO = 1_000_000n;
const WEI_PER_USDC_UNIT = 10n ** 12n;
const WEI_PER_DOLLAR = 10n ** 18n;
const SHOWN_DIGITS = 9;

export const weiOfPico = (pico: number): bigint => BigInt(pico) * WEI_PER_PICO;

/** Rounded down: what may be spent is never more than there is. */
export const picoOfWei = (wei: bigint): number => Number(wei / WEI_PER_PICO);

export const weiOfUsdc = (units: bigint): bigint => units * WEI_PER_USDC_UNIT;

/** Rounded up: what has to be paid in covers what it is for. */
export const usdcOfWei = (wei: bigint): bigint => (wei + WEI_PER_USDC_UNIT - 1n) / WEI_PER_USDC_UNIT;

export const weiOfDollars = (dollars: number): bigint =>
  (BigInt(Math.round(dollars * 1e6)) * WEI_PER_DOLLAR) / 1_000_000n;

/** For people: `0.000184`, without a sign of the currency. */
export function formatDollars(wei: bigint, shownDigits = SHOWN_DIGITS): string {
  const scaled = wei / 10n ** BigInt(18 - shownDigits);
  const digits = String(scaled).padStart(shownDigits + 1, '0');
  const [whole, part] = [digits.slice(0, -shownDigits), digits.slice(-shownDigits).replace(/0+$/, '')];
  return part ? `${whole}.${part}` : whole;
}
