// How far one row of logits is from another, and what that does to the distribution and to the greedy token. Pure.

export interface RowError {
  maxAbs: number;
  meanAbs: number;
  /** Kullback-Leibler divergence in nats of the second distribution from the first, at temperature 1. */
  kl: number;
  sameGreedy: boolean;
}

export interface ErrorSummary {
  positions: number;
  maxAbs: number;
  meanAbs: number;
  meanKl: number;
  maxKl: number;
  sameGreedy: number;
}

export function compareRow(right: Float32Array, other: Float32Array): RowError {
  let maxAbs = 0;
  let sumAbs = 0;
  for (let id = 0; id < right.length; id++) {
    const off = Math.abs(right[id]! - other[id]!);
    sumAbs += off;
    // NaN is no number that is larger: it is kept.
    if (!(off <= maxAbs)) maxAbs = off;
  }
  const [sumRight, sumOther] = [logSumExp(right), logSumExp(other)];
  let kl = 0;
  for (let id = 0; id < right.length; id++) {
    const log = right[id]! - sumRight;
    kl += Math.exp(log) * (log - (other[id]! - sumOther));
  }
  // Rounding may leave a hair below 0, which no divergence is.
  const sameGreedy = greedyOf(right) === greedyOf(other);
  return { maxAbs, meanAbs: sumAbs / right.length, kl: Math.max(0, kl), sameGreedy };
}

export function summariseRows(rows: readonly RowError[]): ErrorSummary {
  const mean = (of: (row: RowError) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const most = (of: (row: RowError) => number) => rows.reduce((largest, row) => Math.max(largest, of(row)), 0);
  return {
    positions: rows.length,
    maxAbs: most((row) => row.maxAbs),
    meanAbs: mean((row) => row.meanAbs),
    meanKl: mean((row) => row.kl),
    maxKl: most((row) => row.kl),
    sameGreedy: mean((row) => Number(row.sameGreedy)),
  };
}

function logSumExp(logits: Float32Array): number {
  const most = logits.reduce((largest, logit) => Math.max(largest, logit), Number.NEGATIVE_INFINITY);
  return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
}

/** The lowest id among equals, as the sampler takes it. */
const greedyOf = (logits: Float32Array): number =>
  logits.reduce((best, logit, id) => (logit > logits[best]! ? id : best), 0);
