// Seeded Gumbel-max sampling: the token is the argmax of logit/temperature + noise over what top-k and top-p leave, and
// noise is a pure function of (seed, position, token). The same answer comes out solo, sharded, drafted or replayed.
// Source: Gumbel-max trick, e.g. Maddison, Tarlow, Minka, "A* Sampling", NeurIPS 2014.
import type { Sampling } from '../../protocol/sampling.ts';
import { philox4x32 } from './philox.ts';

/** What the exit stage reads back for one row. */
export interface CandidateRow {
  /** Largest logits, descending, `[k]`, and their token ids. */
  values: Float32Array;
  ids: Int32Array;
  /** ln Σ exp(logit / temperature) over the whole vocabulary. */
  logSumExp: number;
  /** The whole row, `[vocab]`; read back only when `needsFullLogits` says so. */
  fullLogits?: () => Promise<Float32Array>;
}

/** Standard Gumbel noise from 52 random bits of Philox(seed; position, token). */
export function gumbelNoise(seed: number, position: number, token: number): number {
  const key: [number, number] = [seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0];
  const [high, low] = philox4x32(key, [position >>> 0, token >>> 0, 0, 0]);
  // (0, 1), never an end: ln 0 would be infinite.
  const uniform = ((high >>> 6) * 0x400_0000 + (low >>> 6) + 0.5) / 0x10_0000_0000_0000;
  return -Math.log(-Math.log(uniform));
}

/** The token at `position` for this row of logits. */
export async function sampleToken(row: CandidateRow, sampling: Sampling, position: number): Promise<number> {
  const { temperature } = sampling;
  if (temperature === 0) return greedy(row.values, row.ids);
  const kept = keepFromCandidates(row, sampling) ?? keepFromLogits(await wholeRow(row), sampling);
  let best = -1;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < kept.count; index++) {
    const id = kept.ids[index]!;
    const score = kept.values[index]! / temperature + gumbelNoise(sampling.seed, position, id);
    if (score > bestScore || (score === bestScore && id < best)) {
      best = id;
      bestScore = score;
    }
  }
  return best;
}

interface Kept {
  values: Float32Array;
  ids: Int32Array;
  count: number;
}

/** Largest logit; the lowest id among equals, so that backends with different sort orders agree. */
function greedy(values: Float32Array, ids: Int32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    const larger = values[index]! > values[best]!;
    if (larger || (values[index] === values[best] && ids[index]! < ids[best]!)) best = index;
  }
  return ids[best]!;
}

/** What top-k and top-p leave, when the read-back candidates are enough to know; otherwise undefined. */
function keepFromCandidates(row: CandidateRow, sampling: Sampling): Kept | undefined {
  const { values, ids } = row;
  const { topK, topP, temperature } = sampling;
  if (topK > 0 && topK <= values.length) {
    const logMass = logSumExp(values, topK, temperature);
    return { values, ids, count: nucleus(values, topK, topP, temperature, logMass) ?? topK };
  }
  if (topK > 0 || topP >= 1) return undefined;
  const count = nucleus(values, values.length, topP, temperature, row.logSumExp);
  return count === undefined ? undefined : { values, ids, count };
}

function keepFromLogits(logits: Float32Array, sampling: Sampling): Kept {
  const { topK, topP, temperature } = sampling;
  const order = Int32Array.from(logits.keys());
  if (topK > 0 || topP < 1) order.sort((a, b) => logits[b]! - logits[a]! || a - b);
  const values = Float32Array.from(order, (id) => logits[id]!);
  const limit = topK > 0 ? Math.min(topK, values.length) : values.length;
  const count = nucleus(values, limit, topP, temperature, logSumExp(values, limit, temperature)) ?? limit;
  return { values, ids: order, count };
}

/**
 * Length of the shortest prefix of descending `values` whose probability reaches p (transformers' order: temperature,
 * then top-k, then top-p over what top-k left). Undefined when `limit` values do not reach it.
 */
function nucleus(
  values: Float32Array,
  limit: number,
  topP: number,
  temperature: number,
  logMass: number,
): number | undefined {
  if (topP >= 1) return limit;
  let mass = 0;
  for (let index = 0; index < limit; index++) {
    mass += Math.exp(values[index]! / temperature - logMass);
    if (mass >= topP) return index + 1;
  }
  return undefined;
}

function logSumExp(values: Float32Array, count: number, temperature: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index++) largest = Math.max(largest, values[index]! / temperature);
  let sum = 0;
  for (let index = 0; index < count; index++) sum += Math.exp(values[index]! / temperature - largest);
  return largest + Math.log(sum);
}

async function wholeRow(row: CandidateRow): Promise<Float32Array> {
  if (!row.fullLogits) throw new RangeError('These sampling parameters need the whole row of logits.');
  return row.fullLogits();
}
