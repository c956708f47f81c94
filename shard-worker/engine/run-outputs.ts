// What comes back of a run: a hidden state per row, or at the exit a row of candidates for each that is sampled. The logits
// stay where they are in case sampling asks for all of them, until the next run.
import type { Tensor } from 'onnxruntime-web';
import { PoolError } from '../../protocol/errors.ts';
import { readCandidates } from '../onnx/append-sampler.ts';
import type { GraphSlice } from '../onnx/slice-graph.ts';
import type { CandidateRow } from '../sampling/sample-token.ts';
import type { ExecutorInput, ExecutorOutput } from './layer-executor.ts';
import type { OrtRuntime } from './ort-runtime.ts';
import type { FeedRow } from './step-feeds.ts';

type Outputs = Record<string, Tensor>;

export class RunOutputs {
  readonly #runtime: OrtRuntime;
  readonly #slice: GraphSlice;
  readonly #unread: Tensor[] = [];

  constructor(runtime: OrtRuntime, slice: GraphSlice) {
    this.#runtime = runtime;
    this.#slice = slice;
  }

  /** Lets the logits go that were given out so far. */
  forget(): void {
    for (const logits of this.#unread.splice(0)) logits.dispose();
  }

  /** Outputs, besides caches, that are needed for these. */
  names(inputs: readonly ExecutorInput[]): string[] {
    if (!this.#slice.exitOutputs) return [this.#slice.hiddenOut!];
    return inputs.every(({ rows }) => rows === 'none') ? [] : Object.values(this.#sampled());
  }

  /** One for each row of the run, in one readback; for rows without input nothing of worth. */
  async read(
    outputs: Outputs,
    rows: readonly FeedRow[],
    tokens: number,
  ): Promise<Pick<ExecutorOutput, 'hidden' | 'rows'>[]> {
    if (!this.#slice.exitOutputs) return splitRows(await bytesOf(outputs[this.#slice.hiddenOut!]!), rows.length);
    if (rows.every(({ input }) => (input?.rows ?? 'none') === 'none')) return rows.map(() => ({ rows: [] }));
    const names = this.#sampled();
    const logits = outputs[names.logits]!;
    this.#unread.push(logits);
    const candidates = outputs[names.candidates]!;
    const [, given = 0, width = 1] = candidates.dims;
    const data = (await candidates.getData(true)) as Float32Array;
    const whole = this.#wholeRows(logits);
    return rows.map(({ input }, row) => {
      const wanted = { none: 0, last: 1, all: tokens }[input?.rows ?? 'none'];
      const first = (row + 1) * given - wanted;
      const own = Array.from({ length: wanted }, (_, index): CandidateRow => {
        const at = first + index;
        return { ...readCandidates(data, at, width), fullLogits: () => whole(at) };
      });
      return { rows: own };
    });
  }

  /** Rows of the whole logits, which are read back once and only if anybody asks. */
  #wholeRows(logits: Tensor): (row: number) => Promise<Float32Array> {
    const vocab = logits.dims[logits.dims.length - 1]!;
    let all: Promise<Float32Array> | undefined;
    return async (row) => {
      all ??= this.#runtime.exclusive(() => logits.getData()).then(toFloat32);
      return (await all).slice(row * vocab, (row + 1) * vocab);
    };
  }

  /** A slice cut without a sampler cannot serve. */
  #sampled(): Required<NonNullable<GraphSlice['exitOutputs']>> {
    const { logits, candidates } = this.#slice.exitOutputs ?? {};
    if (!logits || !candidates) throw new PoolError('internal', 'The exit slice was cut without its sampler.');
    return { logits, candidates };
  }
}

async function bytesOf(tensor: Tensor): Promise<Uint8Array> {
  const data = (await tensor.getData(true)) as Float32Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function splitRows(bytes: Uint8Array, rows: number): { hidden: Uint8Array }[] {
  const size = bytes.byteLength / rows;
  return Array.from({ length: rows }, (_, row) => ({ hidden: bytes.subarray(row * size, (row + 1) * size) }));
}

/** Logits of a float16 model are widened; the runtime hands them out as Float16Array or as raw 16-bit words. */
function toFloat32(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, halfToNumber);
  return Float32Array.from(data as ArrayLike<number>);
}

/** IEEE 754 binary16 to number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
