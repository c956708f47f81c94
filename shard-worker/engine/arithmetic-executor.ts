// A LayerExecutor that is arithmetic, not a model: each layer mixes a row with all rows before it, so that a wrong
// position, a lost row or a stale cache changes every later token. For tests of the ring without a GPU.
import type { ExecutorInput, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';

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
  /** Called before each run; a test may throw here as a failing GPU would, or wait. */
  beforeRun?: () => void | Promise<void>;
}

export function arithmeticExecutor(options: ArithmeticOptions): LayerExecutor {
  const { start, end, layers, maxContext = 4096 } = options;
  const exit = end === layers;
  return {
    start,
    end,
    entry: start === 0,
    exit,
    hiddenSize: HIDDEN,
    activation: 'float32',
    maxContext,
    openCache: () => new ArithmeticCache(),
    async run(cache, input): Promise<ExecutorOutput> {
      await options.beforeRun?.();
      const held = cache as ArithmeticCache;
      const rows = inputRows(input);
      const outputs = rows.map((row) => appendRow(held, row, start, end));
      const times = { uploadMs: 0, computeMs: 0, readbackMs: 0, batch: 1 };
      if (!exit) return { hidden: packRows(outputs), ...times };
      const wanted = input.rows === 'all' ? outputs : input.rows === 'last' ? outputs.slice(-1) : [];
      return { rows: wanted.map((row) => candidates(row, input.inverseTemperature)), ...times };
    },
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
