// A balance as two parts of a bar. Pure.

export interface BalanceParts {
  availablePercent: number;
  heldPercent: number;
}

/** Shares of the whole balance, percent. Nothing at all gives an empty bar. */
export function splitBalance(availableMicros: number, heldMicros: number): BalanceParts {
  const available = Math.max(0, availableMicros);
  const held = Math.max(0, heldMicros);
  const whole = available + held;
  if (!(whole > 0)) return { availablePercent: 0, heldPercent: 0 };
  return { availablePercent: (100 * available) / whole, heldPercent: (100 * held) / whole };
}
