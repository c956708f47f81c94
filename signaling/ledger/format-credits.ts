// Amounts as people read them. Pure; no rounding.
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';

/** Whole millionths to a decimal string of credits without trailing zeros: 1_250_000 -> `1.25`. */
export function formatCredits(micros: number): string {
  const sign = micros < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(micros) / MICROS_PER_CREDIT);
  const rest = Math.abs(micros) % MICROS_PER_CREDIT;
  const decimals = String(rest).padStart(6, '0').replace(/0+$/, '');
  return `${sign}${whole}${decimals ? `.${decimals}` : ''}`;
}
