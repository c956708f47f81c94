// Whether a device computes a layer as the reference does: a prompt's chunk at once and more behind it, single rows, a few
// rows, and rows of several sessions in one run. Pure but for the executors; says how far off and what is right instead.
import type { RunBounds } from '../engine/cut-rows.ts';
import type { ExecutorInput, KvCache, LayerExecutor } from '../engine/layer-executor.ts';
import { halfToNumber } from '../engine/run-outputs.ts';

/** Rows of a trial: what a layer is given, `tokens` of them and more of them. */
export type TrialRows = (from: number, to: number) => Pick<ExecutorInput, 'ids' | 'hidden' | 'tokens'>;

/** A prompt's chunk, as drivers send it, and what one run may be at most where it is right. */
export const CHUNK_ROWS = 64;
/**
 * onnxruntime's flash attention takes 32 rows and more, and on subgroups of less than 8 lanes it counts keys twice
 * (flash_attention.wgsl.template of onnxruntime 1.30: steps of as many keys as a subgroup has lanes, eight computed each).
 */
export const SAFE_ROWS = 31;
/**
 * Runs of one session, one behind the other: a chunk, one behind a past, a decode step, a verification of drafts and a longer
 * one. onnxruntime has other kernels for 1 to 3, for 4 to 31 and for more rows.
 */
const RUNS = [CHUNK_ROWS, 40, 1, 3, 5];
/** Positions that sessions have before they share a run: of different lengths, as they come. */
const PASTS = [5, 1, 2];

/** Positions of the longest session of a trial. */
export const TRIAL_POSITIONS = RUNS.reduce((sum, rows) => sum + rows, 0);

/** What came out, row by row. */
export interface TrialOutcome {
  alone: Float32Array[];
  shared: Float32Array[];
}

/** What a device may do, and how far the rest was off: relative to the reference, the worst row of each. */
export interface Verdict {
  /** Undefined: nothing that it was asked came out right. */
  bounds?: RunBounds;
  chunkError: number;
  piecesError?: number;
  sharedError: number;
}

/** The reference's outcome. Sessions are computed one after another. */
export async function runReference(executor: LayerExecutor, rows: TrialRows): Promise<TrialOutcome> {
  return { alone: await runAlone(executor, rows, CHUNK_ROWS), shared: await runShared(executor, rows, false) };
}

/** `tolerance`: the greatest relative error of a row that rounding explains. */
export async function judgeRuns(
  device: LayerExecutor,
  rows: TrialRows,
  expected: TrialOutcome,
  tolerance: number,
): Promise<Verdict> {
  const chunkError = worstError(await runAlone(device, rows, CHUNK_ROWS), expected.alone);
  const sharedError = worstError(await runShared(device, rows, device.maxBatch > 1), expected.shared);
  const isShared = sharedError <= tolerance;
  if (chunkError <= tolerance) return { bounds: { rows: CHUNK_ROWS, isShared }, chunkError, sharedError };
  const piecesError = worstError(await runAlone(device, rows, SAFE_ROWS), expected.alone);
  const isRight = piecesError <= tolerance;
  return { ...(isRight ? { bounds: { rows: SAFE_ROWS, isShared } } : {}), chunkError, piecesError, sharedError };
}

/** One session through all runs, each in pieces of at most `most` rows. */
async function runAlone(executor: LayerExecutor, rows: TrialRows, most: number): Promise<Float32Array[]> {
  const cache = executor.openCache();
  const outcome: Float32Array[] = [];
  let from = 0;
  for (const count of RUNS) {
    const end = from + count;
    for (; from < end; from = Math.min(end, from + most)) {
      outcome.push(...(await feed(executor, cache, rows(from, Math.min(end, from + most)))));
    }
  }
  cache.dispose();
  return outcome;
}

/** Sessions of different lengths, then two rows of each. */
async function runShared(executor: LayerExecutor, rows: TrialRows, together: boolean): Promise<Float32Array[]> {
  const outcome: Float32Array[] = [];
  const caches = PASTS.map(() => executor.openCache());
  for (const [session, cache] of caches.entries())
    await feed(executor, cache, rows(session, session + PASTS[session]!));
  for (const at of [10, 20]) {
    const inputs = caches.map((_, session) => whole(rows(at + session, at + session + 1)));
    if (together) {
      const items = caches.map((cache, session) => ({ cache, input: inputs[session]! }));
      for (const output of await executor.runBatch(items)) outcome.push(...(await read(executor, output)));
    } else {
      for (const [session, cache] of caches.entries()) outcome.push(...(await feed(executor, cache, inputs[session]!)));
    }
  }
  for (const cache of caches) cache.dispose();
  return outcome;
}

const whole = (input: ReturnType<TrialRows>): ExecutorInput => ({ ...input, rows: 'all', inverseTemperature: 1 });

const feed = async (executor: LayerExecutor, cache: KvCache, input: ReturnType<TrialRows>): Promise<Float32Array[]> =>
  read(executor, await executor.run(cache, whole(input)));

/** Hidden states, or at the exit logits: before the next run, which lets them go. */
async function read(
  { hiddenSize, activation }: LayerExecutor,
  { hidden, rows = [] }: Awaited<ReturnType<LayerExecutor['run']>>,
): Promise<Float32Array[]> {
  if (!hidden) return Promise.all(rows.map((row) => row.fullLogits!()));
  const bytes = hidden.slice().buffer;
  const values =
    activation === 'float16' ? Float32Array.from(new Uint16Array(bytes), halfToNumber) : new Float32Array(bytes);
  return Array.from({ length: values.length / hiddenSize }, (_, row) =>
    values.subarray(row * hiddenSize, (row + 1) * hiddenSize),
  );
}

/** The greatest error of a row, relative to what it should be; not a number, or infinite, where it is none. */
function worstError(given: readonly Float32Array[], expected: readonly Float32Array[]): number {
  let worst = given.length === expected.length ? 0 : Number.NaN;
  for (const [index, right] of expected.entries()) {
    const own = given[index] ?? new Float32Array(0);
    const error = Math.sqrt(
      right.reduce((sum, value, at) => sum + (value - (own[at] ?? Number.NaN)) ** 2, 0) /
        right.reduce((sum, value) => sum + value ** 2, 0),
    );
    // Written so that NaN is the worst.
    if (!(error <= worst)) worst = error;
  }
  return worst;
}
