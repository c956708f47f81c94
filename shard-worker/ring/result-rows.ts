// The payload of a result frame: one row per sampled token, bare ids or ids with natural log-probabilities. Packs at the
// exit, unpacks at the driver; chooses no token.
import { PoolError } from '../../protocol/errors.ts';
import { MAX_TOP_LOGPROBS } from '../../protocol/limits.ts';
import type { CandidateRow } from '../sampling/sample-token.ts';

export interface TokenChance {
  id: number;
  /** Natural logarithm of the model's probability at temperature 1, over the whole vocabulary. */
  logprob: number;
}

export interface ResultRow {
  id: number;
  /** Present when the session asked for log-probabilities; so is `top`. */
  logprob?: number;
  /** The likeliest tokens, descending; the lower id first among equals. */
  top?: TokenChance[];
}

/** Written for a probability of 0: JSON has no minus infinity. OpenAI's API uses the same number. */
const LEAST_LOGPROB = -9999;

/** Columns of a row: `[id]`, or `[id, logprob, (id, logprob) × k]`; log-probabilities are float32 bits in int32. */
export const resultWidth = (logprobs: number | undefined): number => (logprobs === undefined ? 1 : 2 + 2 * logprobs);

/** What the exit says about one sampled token: its own chance and those of the `count` likeliest. */
export async function rateToken(
  row: CandidateRow,
  id: number,
  { count, inverseTemperature }: { count: number; inverseTemperature: number },
): Promise<Required<ResultRow>> {
  const at = row.ids.indexOf(id);
  // The graph's own sum serves only at temperature 1, and its candidates only when they hold all that is asked.
  const isEnough = inverseTemperature === 1 && at >= 0 && count <= row.ids.length;
  const whole = isEnough ? undefined : await row.fullLogits?.();
  if (!isEnough && !whole) throw new PoolError('internal', 'Log-probabilities need the whole row of logits.');
  const logMass = inverseTemperature === 1 ? row.logSumExp : logSumExp(whole!);
  const chance = (token: number, logit: number): TokenChance => ({
    id: token,
    logprob: Math.max(LEAST_LOGPROB, Math.fround(logit - logMass)),
  });
  const own = chance(id, whole ? whole[id]! : row.values[at]!);
  const likeliest = count <= row.ids.length ? fromCandidates(row) : fromLogits(whole!, count);
  return { ...own, top: likeliest.slice(0, count).map(([token, logit]) => chance(token, logit)) };
}

type Scored = [id: number, logit: number];

const byLogit = (a: Scored, b: Scored): number => b[1] - a[1] || a[0] - b[0];

const fromCandidates = ({ ids, values }: CandidateRow): Scored[] =>
  Array.from(ids, (id, index): Scored => [id, values[index]!]).sort(byLogit);

/** The `count` largest of a whole row by insertion: `count` is 20 at most, the row a hundred thousand. */
function fromLogits(logits: Float32Array, count: number): Scored[] {
  const best: Scored[] = [];
  for (const [id, logit] of logits.entries()) {
    if (best.length === count && logit <= best[count - 1]![1]) continue;
    best.push([id, logit]);
    best.sort(byLogit);
    best.length = Math.min(best.length, count);
  }
  return best;
}

function logSumExp(logits: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}

/** Little endian. Rows hold `logprob` and `logprobs` alternatives unless `logprobs` is undefined. */
export function packResultRows(rows: readonly ResultRow[], logprobs: number | undefined): Uint8Array {
  const width = resultWidth(logprobs);
  const bytes = new Uint8Array(rows.length * width * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, row] of rows.entries()) {
    let at = index * width * 4;
    view.setInt32(at, row.id, true);
    if (logprobs === undefined) continue;
    view.setFloat32(at + 4, row.logprob ?? LEAST_LOGPROB, true);
    for (const { id, logprob } of row.top ?? []) {
      at += 8;
      view.setInt32(at, id, true);
      view.setFloat32(at + 4, logprob, true);
    }
  }
  return bytes;
}

/**
 * Rows of a hostile exit. Throws `bad-frame` for a width that no row has, a payload of another length, an id below 0 or
 * a log-probability that is not finite or above 0 (beyond what rounding explains).
 */
export function unpackResultRows(payload: Uint8Array, width: number): ResultRow[] {
  const top = (width - 2) / 2;
  const isWidth = width === 1 || (Number.isInteger(top) && top >= 0 && top <= MAX_TOP_LOGPROBS);
  if (!isWidth || payload.byteLength % (width * 4) !== 0) {
    throw new PoolError('bad-frame', 'A result’s rows are not as wide as it says.');
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Array.from({ length: payload.byteLength / (width * 4) }, (_, index) => {
    const at = index * width * 4;
    if (width === 1) return { id: readId(view, at) };
    const likeliest = Array.from({ length: top }, (_, rank) => readChance(view, at + 8 + rank * 8));
    return { ...readChance(view, at), top: likeliest };
  });
}

function readId(view: DataView, at: number): number {
  const id = view.getInt32(at, true);
  if (id < 0) throw new PoolError('bad-frame', 'A result has a token id below 0.');
  return id;
}

function readChance(view: DataView, at: number): TokenChance {
  const logprob = view.getFloat32(at + 4, true);
  if (!(Number.isFinite(logprob) && logprob < 0.01)) {
    throw new PoolError('bad-frame', 'A result has a log-probability that is none.');
  }
  return { id: readId(view, at), logprob: Math.min(0, logprob) };
}
