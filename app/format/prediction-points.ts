// Predicted against measured speed, one dot per job, as a scatter picture. Pure numbers, no SVG.

export interface PredictionPair {
  predicted: number;
  actual: number;
}

export interface PredictionPoints {
  /** In units of a unit square, (0, 0) at the bottom left; both axes have the same scale. */
  points: { x: number; y: number }[];
  /** Value at the end of both axes. */
  top: number;
  /** Median of |actual - predicted| / actual, percent; undefined without pairs. */
  medianErrorPercent?: number;
}

/** The next round figure at or above: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Pairs where either side is missing or not above zero cannot be compared and are left out. */
export function layoutPredictions(pairs: readonly PredictionPair[]): PredictionPoints {
  const shown = pairs.filter(({ predicted, actual }) => predicted > 0 && actual > 0);
  const top = roundUp(Math.max(0, ...shown.flatMap(({ predicted, actual }) => [predicted, actual])));
  const points = shown.map(({ predicted, actual }) => ({ x: predicted / top, y: actual / top }));
  if (shown.length === 0) return { points, top };
  const errors = shown.map(({ predicted, actual }) => Math.abs(actual - predicted) / actual).sort((a, b) => a - b);
  const middle = errors.length / 2;
  const median = (errors[Math.ceil(middle - 1)]! + errors[Math.floor(middle)]!) / 2;
  return { points, top, medianErrorPercent: 100 * median };
}
