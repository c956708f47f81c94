// The inputs of one run besides its caches: tokens or hidden states, mask, positions, and what the sampler asks for. Allocates
// as little as it can: what has the same values at each step is made once.
import type { Tensor } from 'onnxruntime-web';
import { PoolError } from '../../protocol/errors.ts';
import type { GraphSlice } from '../onnx/slice-graph.ts';
import type { ExecutorInput } from './layer-executor.ts';
import type { OrtModule } from './ort-runtime.ts';

/** A row of a run: a session's positions before it, and what it adds; without input it only fills its place. */
export interface FeedRow {
  past: number;
  input?: ExecutorInput;
}

export interface FeedShape {
  ort: OrtModule;
  slice: GraphSlice;
  hiddenSize: number;
  activation: 'float32' | 'float16';
}

type Port = GraphSlice['inputs'][number];

export class StepFeeds {
  readonly #shape: FeedShape;
  readonly #ports: readonly Port[];
  #ones = new BigInt64Array(0);

  constructor(shape: FeedShape) {
    const { kv, inputs } = shape.slice;
    const caches = new Set(kv.flatMap(({ keyIn, valueIn }) => [keyIn, valueIn]));
    this.#shape = shape;
    this.#ports = inputs.filter(({ name }) => !caches.has(name));
  }

  /** Adds to `feeds` what the slice asks for: `[rows, tokens]`, every row with as many new tokens. */
  add(feeds: Record<string, Tensor>, rows: readonly FeedRow[], tokens: number): void {
    for (const port of this.#ports) feeds[port.name] = this.#make(port, rows, tokens);
  }

  #make(port: Port, rows: readonly FeedRow[], tokens: number): Tensor {
    if (port.name === this.#shape.slice.hiddenIn) return this.#hidden(rows, tokens);
    const size = [rows.length, tokens];
    switch (port.name) {
      case 'input_ids':
        // Past the entry only its shape is used.
        return this.#integers(port, size, (row, at) => rows[row]!.input?.ids?.[at] ?? 0);
      case 'attention_mask':
        return this.#mask(port, rows, tokens);
      case 'position_ids':
        return this.#integers(port, size, (row, at) => rows[row]!.past + at);
      case 'logit_rows': {
        const isAll = rows.some(({ input }) => input?.rows === 'all');
        return isAll ? this.#integers(port, [tokens], (at) => at) : this.#integers(port, [1], () => tokens - 1);
      }
      case 'inverse_temperature': {
        const values = Float32Array.from(rows, ({ input }) => input?.inverseTemperature ?? 1);
        return new this.#shape.ort.Tensor('float32', values, [rows.length, 1, 1]);
      }
      default:
        throw new PoolError('model-unsupported', `The model asks for an input that is not known here: ${port.name}.`);
    }
  }

  #hidden(rows: readonly FeedRow[], tokens: number): Tensor {
    const { ort, hiddenSize, activation } = this.#shape;
    const elements = tokens * hiddenSize;
    const elementBytes = activation === 'float16' ? 2 : 4;
    const dims = [rows.length, tokens, hiddenSize];
    const first = rows[0]!.input?.hidden;
    // The runtime copies it before `run` returns: a view will do where it starts at an element.
    const isView = rows.length === 1 && first !== undefined && first.byteOffset % elementBytes === 0;
    const bytes = isView ? first : new Uint8Array(rows.length * elements * elementBytes);
    if (!isView) {
      for (const [row, { input }] of rows.entries()) {
        if (input?.hidden) bytes.set(input.hidden, row * elements * elementBytes);
      }
    }
    const { buffer, byteOffset } = bytes;
    return activation === 'float16'
      ? new ort.Tensor('float16', new Uint16Array(buffer as ArrayBuffer, byteOffset, rows.length * elements), dims)
      : new ort.Tensor('float32', new Float32Array(buffer as ArrayBuffer, byteOffset, rows.length * elements), dims);
  }

  /** One for each position that a row has or adds, then zeros up to the longest. */
  #mask(port: Port, rows: readonly FeedRow[], tokens: number): Tensor {
    const longest = rows.reduce((most, { past }) => Math.max(most, past), 0) + tokens;
    if (rows.length === 1 && port.type !== 'int32') {
      if (this.#ones.length < longest) this.#ones = new BigInt64Array(2 * longest).fill(1n);
      return new this.#shape.ort.Tensor('int64', this.#ones.subarray(0, longest), [1, longest]);
    }
    return this.#integers(port, [rows.length, longest], (row, at) => (at < rows[row]!.past + tokens ? 1 : 0));
  }

  /** `at(index)`, or `at(row, index in row)` in two dimensions. */
  #integers(port: Port, dims: number[], at: (row: number, index: number) => number): Tensor {
    const { ort } = this.#shape;
    const [outer = 0, inner] = dims;
    const width = inner ?? 1;
    const count = outer * width;
    if (port.type === 'int32') {
      const values = new Int32Array(count);
      for (let index = 0; index < count; index++) values[index] = at(Math.floor(index / width), index % width);
      return new ort.Tensor('int32', values, dims);
    }
    const values = new BigInt64Array(count);
    for (let index = 0; index < count; index++) values[index] = BigInt(at(Math.floor(index / width), index % width));
    return new ort.Tensor('int64', values, dims);
  }
}
