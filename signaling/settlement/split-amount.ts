// An amount in whole micros, divided by shares that do not come out even. Pure.

export interface Share<K> {
  to: K;
  /** In parts of a micro: `weight / divisor` micros is what is due exactly. */
  weight: bigint;
}

/**
 * The method of the largest remainder (Hamilton): everyone gets the whole micros due, and those that are left of the
 * rounded-down sum go to the largest fractions, ties by name. The amounts sum to `floor(sum of weights / divisor)`.
 * Weights are bigint because layers × positions × price leaves the safe integers for no strange model.
 */
export function splitAmount<K extends string>(shares: readonly Share<K>[], divisor: bigint): Map<K, number> {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0n) / divisor;
  const whole = shares.reduce((sum, { weight }) => sum + weight / divisor, 0n);
  const byFraction = [...shares].sort((a, b) => {
    const difference = (b.weight % divisor) - (a.weight % divisor);
    return difference > 0n ? 1 : difference < 0n ? -1 : a.to < b.to ? -1 : 1;
  });
  const left = Number(total - whole);
  return new Map(byFraction.map(({ to, weight }, index) => [to, Number(weight / divisor) + (index < left ? 1 : 0)]));
}
