// Quantiles of samples. Pure.

/** By nearest rank; `share` 0.5 is the median, 0 the least and 1 the most. Throws without samples. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('There are no samples.');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** What a receipt keeps of samples. */
export const summarise = (samples: readonly number[]) => ({
  median: median(samples),
  range: [quantile(samples, 0), quantile(samples, 1)] as [number, number],
});
