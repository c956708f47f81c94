// A session of the runtime on a GPU that only copies: the model is arithmetic over what lies in the bound caches, so that a
// wrong row, a stale place or a wrong mask changes every later logit. Fails when a test says so. Used by tests only.
import * as ort from 'onnxruntime-web';
import { makeTinyDecoder } from '../onnx/make-tiny-decoder.ts';
import type { GraphSlice } from '../onnx/slice-graph.ts';
import { type FakeBuffer, type FakeGpu, makeFakeGpu } from './fake-gpu.ts';
import type { OrtExecutorOptions } from './ort-executor.ts';
import type { OrtModule, OrtRuntime } from './ort-runtime.ts';

const VOCAB = 50;
const CANDIDATES = 8;
const HIDDEN = 2;

type Tensors = Record<string, ort.Tensor>;

/** The whole model in one slice: one layer with one head of one number. */
const SLICE: GraphSlice = {
  ...{ start: 0, end: 1, entry: true, exit: true, blobs: [], outputs: [] },
  // Never run: whatever can be read will do.
  model: makeTinyDecoder(),
  inputs: ['input_ids', 'attention_mask', 'position_ids', 'logit_rows', 'inverse_temperature', 'ki', 'vi'].map(
    (name) => ({
      ...{ name, type: 'int64', dims: [] },
    }),
  ),
  kv: [{ layer: 0, keyIn: 'ki', valueIn: 'vi', keyOut: 'ko', valueOut: 'vo' }],
  exitOutputs: { logits: 'logits', candidates: 'candidates' },
};

export interface ScriptedGpu {
  gpu: FakeGpu;
  options: OrtExecutorOptions;
  /** What the next run does instead of its work, once. */
  failNext: 'run' | 'readback' | 'hang' | undefined;
  /** After so many runs in all the next one fails. */
  failAfterRuns: number;
  /** Sessions of each run so far, and tokens of each. */
  readonly runs: number[];
  readonly tokens: number[];
  /** Logits that were given out and not let go. */
  readonly unreleased: Set<ort.Tensor>;
  released: number;
  /** What the session was made with. */
  made: ort.InferenceSession.SessionOptions | undefined;
}

export function scriptGpu(change: Partial<OrtExecutorOptions> = {}, slice = SLICE): ScriptedGpu {
  const gpu = makeFakeGpu();
  const session = {
    async run(feeds: Tensors, fetches: Record<string, ort.Tensor | null>): Promise<Tensors> {
      if (scripted.failNext === 'run' || scripted.runs.length >= scripted.failAfterRuns) {
        scripted.failNext = undefined;
        throw new Error('failed to call OrtRun(). The kernel broke.');
      }
      scripted.runs.push(feeds.input_ids!.dims[0]!);
      scripted.tokens.push(feeds.input_ids!.dims[1]!);
      const { logits, candidates } = compute(feeds);
      if (!('candidates' in fetches)) return {};
      scripted.unreleased.add(logits);
      const dispose = logits.dispose.bind(logits);
      logits.dispose = () => {
        scripted.unreleased.delete(logits);
        dispose();
      };
      if (scripted.failNext === 'hang') {
        scripted.failNext = undefined;
        candidates.getData = () => new Promise(() => {});
      }
      if (scripted.failNext === 'readback') {
        scripted.failNext = undefined;
        candidates.getData = () => Promise.reject(new Error('Failed to download data from buffer: out of memory'));
      }
      return { logits, candidates };
    },
    async release() {
      scripted.released++;
    },
  };
  const create = async (_model: Uint8Array, options: ort.InferenceSession.SessionOptions) => {
    scripted.made = options;
    return session;
  };
  let last: Promise<unknown> = Promise.resolve();
  const runtime: OrtRuntime = {
    ort: { ...ort, Tensor: ort.Tensor, InferenceSession: { create } } as unknown as OrtModule,
    backend: 'webgpu',
    exclusive(work) {
      const turn = last.then(work, work);
      last = turn.catch(() => {});
      return turn;
    },
    device: async () => gpu.device,
  };
  const bounds = { maxContext: 600, kvBytes: Number.POSITIVE_INFINITY, unpackBytes: 0, cpuNodes: [] };
  const shape = { hiddenSize: HIDDEN, activation: 'float32', kvHeads: 1, headDim: 1, fusedAttention: true } as const;
  const scripted: ScriptedGpu = {
    gpu,
    options: { runtime, slice, blobs: new Map(), ...shape, ...bounds, ...change },
    failNext: undefined,
    failAfterRuns: Number.POSITIVE_INFINITY,
    runs: [],
    tokens: [],
    unreleased: new Set(),
    released: 0,
    made: undefined,
  };
  return scripted;
}

function compute(feeds: Tensors): { logits: ort.Tensor; candidates: ort.Tensor } {
  const [rows, tokens] = feeds.input_ids!.dims as [number, number];
  const ids = integers(feeds.input_ids!);
  const positions = integers(feeds.position_ids!);
  const mask = integers(feeds.attention_mask!);
  const wanted = integers(feeds.logit_rows!);
  const scales = feeds.inverse_temperature!.data as Float32Array;
  const total = mask.length / rows;
  const all: number[] = [];
  const ranked: number[] = [];
  for (let row = 0; row < rows; row++) {
    const past = positions[row * tokens]!;
    const seen = mask.slice(row * total, (row + 1) * total);
    if (seen.some((bit, at) => bit !== (at < past + tokens ? 1 : 0))) throw new Error('The mask is of another row.');
    const perToken: number[][] = [];
    for (let at = 0; at < tokens; at++) {
      if (positions[row * tokens + at] !== past + at) throw new Error('Positions have a gap.');
      const id = ids[row * tokens + at]!;
      for (const name of ['ki', 'vi']) place(feeds[name]!, row, past + at).set(id + 1);
      perToken.push(logitsBehind(feeds, row, past + at));
    }
    for (const at of wanted) {
      const logits = perToken[at]!;
      all.push(...logits);
      ranked.push(...candidatesOf(logits, scales[row]!));
    }
  }
  const shape = (width: number) => [rows, wanted.length, width];
  return {
    logits: new ort.Tensor('float32', Float32Array.from(all), shape(VOCAB)),
    candidates: new ort.Tensor('float32', Float32Array.from(ranked), shape(2 * CANDIDATES + 1)),
  };
}

const integers = (tensor: ort.Tensor): number[] => Array.from(tensor.data as BigInt64Array, Number);

function place(tensor: ort.Tensor, row: number, position: number): { get(): number; set(value: number): void } {
  const { bytes, isDestroyed } = tensor.gpuBuffer as unknown as FakeBuffer;
  const [rows, , capacity] = tensor.dims as [number, number, number];
  if (isDestroyed || row >= rows || position >= capacity) throw new Error('The run has no such place.');
  const view = new DataView(bytes.buffer, (row * capacity + position) * 4, 4);
  return { get: () => view.getFloat32(0, true), set: (value) => view.setFloat32(0, value, true) };
}

/** Both sides of the cache, position by position: each place weighs otherwise. */
function logitsBehind(feeds: Tensors, row: number, last: number): number[] {
  let sum = 0;
  for (let at = 0; at <= last; at++) {
    sum += place(feeds.ki!, row, at).get() * Math.cos(at) + place(feeds.vi!, row, at).get() * Math.sin(3 * at + 1);
  }
  return Array.from({ length: VOCAB }, (_, id) => Math.fround(3 * Math.sin(id * (1 + sum / 7)) + Math.cos(id * 0.7)));
}

function candidatesOf(logits: readonly number[], scale: number): number[] {
  const ids = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, CANDIDATES);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit * scale), 0);
  return [...ids.map((id) => logits[id]!), ...ids, Math.log(sum)];
}
