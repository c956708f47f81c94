// Runs slices of a reference decoder one after another on the WASM backend, for tests alone: the plainest pipeline
// there can be, with a growing KV cache and no network, to hold the cutter to the whole model.
import * as ort from 'onnxruntime-web';
import { readCandidates } from './append-sampler.ts';
import { describeDecoder } from './describe-decoder.ts';
import { type FixtureModel, fillBlob } from './fixture-models.ts';
import type { KvPorts } from './kv-ports.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { type GraphSlice, sliceGraph } from './slice-graph.ts';

ort.env.wasm.numThreads = 1;

/** A slice, loaded. */
export interface LoadedSlice {
  slice: GraphSlice;
  session: ort.InferenceSession;
}

/** What a lap gives: logits `[tokens, vocab]` and, when the exit has a sampler, what it read off them. */
export interface LapResult {
  logits: Float32Array;
  topValues?: Float32Array;
  topIds?: number[];
  logSumExp?: Float32Array;
}

/** Loads a slice with its blobs as external data. */
export async function loadSlice(fixture: FixtureModel, slice: GraphSlice): Promise<LoadedSlice> {
  const externalData = slice.blobs.map((blob) => ({ path: blob.location, data: fillBlob(fixture, blob) }));
  const session = await ort.InferenceSession.create(slice.model, { executionProviders: ['wasm'], externalData });
  return { slice, session };
}

/** Loads a file as it was exported, weights inside, as if it were one slice: what all others are held to. */
export async function loadWhole(fixture: FixtureModel, graph: OnnxGraph): Promise<LoadedSlice> {
  const { kv, inputs } = describeDecoder(graph);
  const slice = { ...sliceGraph(graph, { start: 0, end: kv.length }, { topK: 0 }), inputs };
  return { slice, session: await ort.InferenceSession.create(fixture.file(''), { executionProviders: ['wasm'] }) };
}

/** One session over a chain of slices that covers all layers. */
export class SliceChain {
  readonly #fixture: FixtureModel;
  readonly #slices: LoadedSlice[];
  readonly #cache = new Map<string, ort.Tensor>();
  #past = 0;

  constructor(fixture: FixtureModel, slices: LoadedSlice[]) {
    this.#fixture = fixture;
    this.#slices = slices;
  }

  /** Feeds tokens behind those fed before; an exit with a sampler gives the logits of `rows`, else of all. */
  async feed(tokens: readonly number[], inverseTemperature = 1, rows = [...tokens.keys()]): Promise<LapResult> {
    const count = tokens.length;
    const total = this.#past + count;
    const positions = tokens.map((_, at) => this.#past + at);
    const common: Record<string, ort.Tensor> = {
      input_ids: int64(tokens, [1, count]),
      attention_mask: int64(new Array(total).fill(1), [1, total]),
      position_ids: int64(positions, [1, count]),
      logit_rows: int64(rows, [rows.length]),
      inverse_temperature: new ort.Tensor('float32', Float32Array.of(inverseTemperature), [1, 1, 1]),
    };
    let hidden: ort.Tensor | undefined;
    let outputs: Record<string, ort.Tensor> = {};
    for (const { slice, session } of this.#slices) {
      const feeds: Record<string, ort.Tensor> = {};
      const past = new Map(slice.kv.flatMap((port) => this.#pastOf(port)));
      for (const { name } of slice.inputs) {
        const tensor = name === slice.hiddenIn ? hidden : (past.get(name) ?? common[name]);
        if (!tensor) throw new Error(`nothing to feed ${name} with`);
        feeds[name] = tensor;
      }
      outputs = { ...(await session.run(feeds)) };
      for (const port of slice.kv) {
        this.#cache.set(port.keyIn, outputs[port.keyOut]!).set(port.valueIn, outputs[port.valueOut]!);
      }
      hidden = slice.hiddenOut === undefined ? undefined : outputs[slice.hiddenOut]!;
    }
    this.#past = total;
    return readResult(this.#slices.at(-1)!.slice, outputs);
  }

  #pastOf({ keyIn, valueIn }: KvPorts): [string, ort.Tensor][] {
    const { kvHeads, headDim } = this.#fixture;
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [1, kvHeads, 0, headDim]);
    return [keyIn, valueIn].map((name) => [name, this.#cache.get(name) ?? empty()]);
  }
}

function readResult(slice: GraphSlice, outputs: Record<string, ort.Tensor>): LapResult {
  const names = slice.exitOutputs!;
  const logits = outputs[names.logits]!.data as Float32Array;
  if (!names.candidates) return { logits };
  const { data, dims } = outputs[names.candidates]!;
  const [batch = 1, rows = 0, width = 1] = dims;
  const all = Array.from({ length: batch * rows }, (_, row) => readCandidates(data as Float32Array, row, width));
  return {
    logits,
    topValues: Float32Array.from(all.flatMap(({ values }) => [...values])),
    topIds: all.flatMap(({ ids }) => [...ids]),
    logSumExp: Float32Array.from(all, ({ logSumExp }) => logSumExp),
  };
}

function int64(values: readonly number[], dims: number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(values.map(BigInt)), dims);
}

/** The greatest difference between two arrays of one length; infinite when the lengths differ. */
export function greatestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (let at = 0; at < a.length; at++) {
    // A NaN must not pass as small.
    if (!(Math.abs(a[at]! - b[at]!) <= greatest)) greatest = Math.abs(a[at]! - b[at]!);
  }
  return greatest;
}

/** The place of the greatest number. */
export function argmax(values: Float32Array): number {
  return values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
}
