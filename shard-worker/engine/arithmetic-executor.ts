// A LayerExecutor that is arithmetic, not a model: each layer mixes a row with all rows before it, so that a wrong
// position, a lost row or a stale cache changes every later token. For tests of the ring without a GPU.
import type { BatchItem, ExecutorInput, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';

const HIDDEN = 4;
export const ARITHMETIC_VOCAB = 101;

class ArithmeticCache implements KvCache {
  /** Per position, the input row of each layer. */
  rows: Float32Array[][] = [];
  get length(): number {
    return this.rows.length;
  }
  crop(length: number): void {
    this.rows.length = Math.min(this.rows.length, length);
  }
  dispose(): void {
    this.rows = [];
  }
}

export interface ArithmeticOptions {
  start: number;
  end: number;
  layers: number;
  maxContext?: number;
  /** Default 1: sessions are computed one after another, as on WASM. */
  maxBatch?: number;
  /** Default: as much as anybody asks for. */
  kvLimitBytes?: number;
  /** Called before each run with its inputs; a test may throw here as a failing GPU would, or wait. */
  beforeRun?: (inputs: readonly ExecutorInput[]) => void | Promise<void>;
}

export function arithmeticExecutor(options: ArithmeticOptions): LayerExecutor {
  const { start, end, layers, maxContext = 4096, maxBatch = 1, kvLimitBytes = Number.POSITIVE_INFINITY } = options;
  const exit = end === layers;
  const step = ({ cache, input }: BatchItem, batch: number): ExecutorOutput => {
    const rows = inputRows(input);
    const outputs = rows.map((row) => appendRow(cache as ArithmeticCache, row, start, end));
    const times = { uploadMs: 0, computeMs: 0, readbackMs: 0, batch };
    if (!exit) return { hidden: packRows(outputs), ...times };
    const wanted = input.rows === 'all' ? outputs : input.rows === 'last' ? outputs.slice(-1) : [];
    return { rows: wanted.map((row) => candidates(row, input.inverseTemperature)), ...times };
  };
  const runBatch = async (items: readonly BatchItem[]): Promise<ExecutorOutput[]> => {
    await options.beforeRun?.(items.map(({ input }) => input));
    return items.map((item) => step(item, items.length));
  };
  return {
    start,
    end,
    entry: start === 0,
    exit,
    hiddenSize: HIDDEN,
    activation: 'float32',
    maxContext,
    maxBatch,
    kvLimitBytes,
    kvBytesOf: (positions) => positions * (end - start) * HIDDEN * 4,
    openCache: () => new ArithmeticCache(),
    run: async (cache, input) => (await runBatch([{ cache, input }]))[0]!,
    runBatch,
    dispose: async () => {},
  };
}

function inputRows(input: ExecutorInput): Float32Array[] {
  if (input.ids) return Array.from(input.ids, (id) => Float32Array.of(id / 10, id % 7, id % 11, 1));
  const floats = new Float32Array(input.hidden!.slice().buffer);
  return Array.from({ length: input.tokens }, (_, index) => floats.slice(index * HIDDEN, (index + 1) * HIDDEN));
}

function appendRow(cache: ArithmeticCache, input: Float32Array, start: number, end: number): Float32Array {
  const own: Float32Array[] = [];
  let row = input;
  for (let layer = start; layer < end; layer++) {
    own.push(row);
    const past = cache.rows.map((held) => held[layer - start]!);
    row = row.map((value, column) => {
      const context = past.reduce((sum, other, index) => sum + other[column]! * Math.cos(index + layer), 0);
      return Math.fround(Math.sin(value * 1.7 + layer) + 0.3 * context);
    });
  }
  cache.rows.push(own);
  return row;
}

function packRows(rows: Float32Array[]): Uint8Array {
  const packed = new Float32Array(rows.length * HIDDEN);
  for (const [index, row] of rows.entries()) packed.set(row, index * HIDDEN);
  return new Uint8Array(packed.buffer);
}

function candidates(row: Float32Array, inverseTemperature: number) {
  const logits = Float32Array.from({ length: ARITHMETIC_VOCAB }, (_, id) =>
    Math.fround(3 * Math.sin(id * row[0]! + row[1]!) + Math.cos(id * 0.7 * row[2]! + row[3]!)),
  );
  const ids = Int32Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit * inverseTemperature), 0);
  return {
    values: Float32Array.from(ids.slice(0, 16), (id) => logits[id]!),
    ids: ids.slice(0, 16),
    logSumExp: Math.log(sum),
    fullLogits: async () => logits,
  };
}
