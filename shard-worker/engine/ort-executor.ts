// A LayerExecutor on onnxruntime-web: one session over one slice of a graph. Feeds what the slice asks for by name,
// reads back a handful of numbers at the exit and one hidden state elsewhere.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { PoolError } from '../../protocol/errors.ts';
import type { GraphSlice } from '../onnx/slice-graph.ts';
import { unpackWeights } from '../onnx/unpack-weights.ts';
import type { CandidateRow } from '../sampling/sample-token.ts';
import { GrowingKvCache, InPlaceKvCache, type KvContext, type RuntimeKvCache } from './kv-cache.ts';
import type { ExecutorInput, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';
import { type OrtRuntime, ortError } from './ort-runtime.ts';

export interface OrtExecutorOptions {
  runtime: OrtRuntime;
  slice: GraphSlice;
  /** Weight bytes by location; handed over to the runtime and not kept here. */
  blobs: ReadonlyMap<string, Uint8Array>;
  hiddenSize: number;
  activation: 'float32' | 'float16';
  kvHeads: number;
  headDim: number;
  maxContext: number;
  /** Attention is fused (GroupQueryAttention): on WebGPU its cache is updated in place. */
  fusedAttention: boolean;
  /** Nodes that a GPU would compute too coarsely. */
  cpuNodes: readonly string[];
  /** What matrices may take that are unpacked because the backend has no kernel for them. */
  unpackBytes: number;
}

/** Builds the session. Throws `out-of-memory`, `device-lost` or `stage-failed`. */
export async function createOrtExecutor(options: OrtExecutorOptions): Promise<LayerExecutor> {
  const { runtime, slice, fusedAttention } = options;
  const onGpu = runtime.backend === 'webgpu';
  const keptOnGpu = [
    ...slice.kv.flatMap((port) => [port.keyOut, port.valueOut]),
    ...(slice.exitOutputs ? [slice.exitOutputs.logits] : []),
  ];
  let session: InferenceSession;
  try {
    const { model, blobs } = await unpackWeights(slice.model, options.blobs, options.unpackBytes);
    session = await runtime.exclusive(() =>
      runtime.ort.InferenceSession.create(model, {
        executionProviders: [onGpu ? gpuProvider(options.cpuNodes) : 'wasm'],
        // Warnings only say which shape computations stay on the CPU.
        logSeverityLevel: 3,
        externalData: [...blobs].map(([path, data]) => ({ path, data })),
        graphOptimizationLevel: 'all',
        ...(onGpu
          ? { preferredOutputLocation: Object.fromEntries(keptOnGpu.map((name) => [name, 'gpu-buffer' as const])) }
          : {}),
      }),
    );
  } catch (cause) {
    throw ortError(cause, `starting layers ${slice.start} to ${slice.end}`);
  }
  const device = onGpu ? await runtime.device() : undefined;
  const logits = new UnreadLogits();
  const context: KvContext = {
    ort: runtime.ort,
    ports: slice.kv,
    shape: {
      kvHeads: options.kvHeads,
      headDim: options.headDim,
      elementBytes: options.activation === 'float16' ? 2 : 4,
    },
    maxContext: options.maxContext,
    ...(device ? { device } : {}),
  };
  return {
    start: slice.start,
    end: slice.end,
    entry: slice.entry,
    exit: slice.exit,
    hiddenSize: options.hiddenSize,
    activation: options.activation,
    maxContext: options.maxContext,
    openCache: () => (device && fusedAttention ? new InPlaceKvCache(context, device) : new GrowingKvCache(context)),
    run: (cache: KvCache, input) =>
      runtime.exclusive(async () => {
        try {
          return await runSlice(options, session, cache as RuntimeKvCache, input, logits);
        } catch (cause) {
          throw ortError(cause, `computing layers ${slice.start} to ${slice.end}`);
        }
      }),
    dispose: () => runtime.exclusive(() => session.release()).catch(() => {}),
  };
}

/** The runtime refuses an empty list of names. */
const gpuProvider = (cpuNodes: readonly string[]): InferenceSession.ExecutionProviderConfig =>
  cpuNodes.length > 0 ? { name: 'webgpu', forceCpuNodeNames: cpuNodes } : 'webgpu';

async function runSlice(
  options: OrtExecutorOptions,
  session: InferenceSession,
  cache: RuntimeKvCache,
  input: ExecutorInput,
  unread: UnreadLogits,
): Promise<ExecutorOutput> {
  const { slice } = options;
  unread.replace(undefined);
  const startedMs = performance.now();
  const { feeds, fetches } = cache.bind(input.tokens);
  for (const port of slice.inputs) {
    if (!(port.name in feeds)) feeds[port.name] = makeInput(options, port, cache.length, input);
  }
  const wanted = outputNames(slice, input);
  for (const name of wanted) fetches[name] = null;
  const fedMs = performance.now();
  const outputs = await session.run(feeds, fetches);
  const ranMs = performance.now();
  cache.commit(input.tokens, outputs);
  const result = await readOutputs(options, input, outputs, unread);
  return {
    ...result,
    uploadMs: fedMs - startedMs,
    computeMs: ranMs - fedMs,
    readbackMs: performance.now() - ranMs,
    batch: 1,
  };
}

async function readOutputs(
  { slice, runtime }: OrtExecutorOptions,
  input: ExecutorInput,
  outputs: Record<string, Tensor>,
  unread: UnreadLogits,
): Promise<Pick<ExecutorOutput, 'hidden' | 'rows'>> {
  if (!slice.exitOutputs) return { hidden: await bytesOf(outputs[slice.hiddenOut!]!) };
  if (input.rows === 'none') return { rows: [] };
  unread.replace(outputs[slice.exitOutputs.logits]);
  return { rows: await readRows(runtime, samplerOutputs(slice), outputs, input.rows === 'all' ? input.tokens : 1) };
}

function outputNames(slice: GraphSlice, input: ExecutorInput): string[] {
  if (!slice.exitOutputs) return [slice.hiddenOut!];
  return input.rows === 'none' ? [] : Object.values(samplerOutputs(slice));
}

/** Names of all that an exit slice gives. A slice cut without a sampler cannot serve. */
function samplerOutputs(slice: GraphSlice): Required<NonNullable<GraphSlice['exitOutputs']>> {
  const { logits, topValues, topIds, logSumExp } = slice.exitOutputs ?? {};
  if (!logits || !topValues || !topIds || !logSumExp)
    throw new PoolError('internal', 'The exit slice was cut without its sampler.');
  return { logits, topValues, topIds, logSumExp };
}

function makeInput(
  options: OrtExecutorOptions,
  port: GraphSlice['inputs'][number],
  past: number,
  input: ExecutorInput,
): Tensor {
  const { ort } = options.runtime;
  const { tokens } = input;
  const integers = (count: number, at: (index: number) => number, dims: number[]): Tensor =>
    port.type === 'int32'
      ? new ort.Tensor(
          'int32',
          Int32Array.from({ length: count }, (_, index) => at(index)),
          dims,
        )
      : new ort.Tensor(
          'int64',
          BigInt64Array.from({ length: count }, (_, index) => BigInt(at(index))),
          dims,
        );
  if (port.name === options.slice.hiddenIn) {
    const bytes = input.hidden!.slice();
    const dims = [1, tokens, options.hiddenSize];
    return options.activation === 'float16'
      ? new ort.Tensor('float16', new Uint16Array(bytes.buffer), dims)
      : new ort.Tensor('float32', new Float32Array(bytes.buffer), dims);
  }
  switch (port.name) {
    case 'input_ids':
      // Past the entry only its shape is used.
      return integers(tokens, (index) => input.ids?.[index] ?? 0, [1, tokens]);
    case 'attention_mask':
      // As long as the whole context, at each token: filled, not mapped.
      return port.type === 'int32'
        ? new ort.Tensor('int32', new Int32Array(past + tokens).fill(1), [1, past + tokens])
        : new ort.Tensor('int64', new BigInt64Array(past + tokens).fill(1n), [1, past + tokens]);
    case 'position_ids':
      return integers(tokens, (index) => past + index, [1, tokens]);
    case 'logit_rows':
      return input.rows === 'all' ? integers(tokens, (index) => index, [tokens]) : integers(1, () => tokens - 1, [1]);
    case 'inverse_temperature':
      return new ort.Tensor('float32', Float32Array.of(input.inverseTemperature), [1, 1, 1]);
    default:
      throw new PoolError('model-unsupported', `The model asks for an input that is not known here: ${port.name}.`);
  }
}

async function bytesOf(tensor: Tensor): Promise<Uint8Array> {
  const data = (await tensor.getData(true)) as Float32Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The last run's logits stay on the GPU in case sampling asks for them; the next run lets them go. */
class UnreadLogits {
  #tensor: Tensor | undefined;

  replace(tensor: Tensor | undefined): void {
    this.#tensor?.dispose();
    this.#tensor = tensor;
  }
}

/** Candidates of the last `wanted` rows that the graph gave out, `[1, rows, k]`; the whole logits on demand. */
async function readRows(
  runtime: OrtRuntime,
  names: Required<NonNullable<GraphSlice['exitOutputs']>>,
  outputs: Record<string, Tensor>,
  wanted: number,
): Promise<CandidateRow[]> {
  const values = (await outputs[names.topValues]!.getData(true)) as Float32Array;
  const ids = (await outputs[names.topIds]!.getData(true)) as BigInt64Array;
  const sums = (await outputs[names.logSumExp]!.getData(true)) as Float32Array;
  const logits = outputs[names.logits]!;
  const k = values.length / sums.length;
  const vocab = logits.dims[logits.dims.length - 1]!;
  let whole: Promise<Float32Array> | undefined;
  const readWhole = () => {
    whole ??= runtime.exclusive(() => logits.getData()).then(toFloat32);
    return whole;
  };
  return Array.from({ length: wanted }, (_, index) => sums.length - wanted + index).map((row) => ({
    values: values.slice(row * k, (row + 1) * k),
    ids: Int32Array.from(ids.slice(row * k, (row + 1) * k), Number),
    logSumExp: sums[row]!,
    fullLogits: async () => (await readWhole()).slice(row * vocab, (row + 1) * vocab),
  }));
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
