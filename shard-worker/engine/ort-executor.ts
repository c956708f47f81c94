// A LayerExecutor on onnxruntime-web: one session over one slice of a graph. Runs sessions alone, or one token of each of
// many in one run; reads back a handful of numbers at the exit and one hidden state elsewhere.
import type { InferenceSession } from 'onnxruntime-web';
import { PoolError } from '../../protocol/errors.ts';
import type { GraphSlice } from '../onnx/slice-graph.ts';
import { unpackWeights } from '../onnx/unpack-weights.ts';
import { cutRows, joinOutputs, type RunBounds, UNBOUNDED } from './cut-rows.ts';
import { GrowingKvCache } from './growing-kv-cache.ts';
import { InPlaceKvCache } from './in-place-kv-cache.ts';
import type { GpuKvContext } from './kv-buffers.ts';
import { type KvBinding, type KvContext, kvBytes, type RuntimeKvCache } from './kv-cache.ts';
import { kvCapacity } from './kv-layout.ts';
import { KvPool, MAX_BATCH, type PoolMember } from './kv-pool.ts';
import type { BatchItem, ExecutorOutput, KvCache, LayerExecutor } from './layer-executor.ts';
import { type OrtRuntime, ortError, runFault } from './ort-runtime.ts';
import { RunOutputs } from './run-outputs.ts';
import { RunWatch } from './run-watch.ts';
import { type FeedRow, StepFeeds } from './step-feeds.ts';

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
  /** What the caches of all sessions may take. */
  kvBytes: number;
  /** What a run may be on this device; longer steps are computed in several. Default: whatever is asked for. */
  bounds?: RunBounds;
}

/** Builds the session. Throws `out-of-memory`, `device-lost` or `stage-failed`. */
export async function createOrtExecutor(options: OrtExecutorOptions): Promise<LayerExecutor> {
  const { runtime, slice, maxContext, bounds = UNBOUNDED } = options;
  const session = await createSession(options);
  const device = runtime.backend === 'webgpu' ? await runtime.device() : undefined;
  const context: KvContext = {
    ort: runtime.ort,
    ports: slice.kv,
    shape: {
      kvHeads: options.kvHeads,
      headDim: options.headDim,
      elementBytes: options.activation === 'float16' ? 2 : 4,
    },
    maxContext,
    ...(device ? { device } : {}),
  };
  const inPlace = device && options.fusedAttention ? inPlaceCaches(options, context, device) : undefined;
  const step = new Step(options, session);
  const shared = bounds.isShared ? inPlace : undefined;
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    runtime.exclusive(async () => {
      try {
        return await work();
      } catch (cause) {
        throw await runFault(runtime, cause, `computing layers ${slice.start} to ${slice.end}`);
      }
    });
  return {
    start: slice.start,
    end: slice.end,
    entry: slice.entry,
    exit: slice.exit,
    hiddenSize: options.hiddenSize,
    activation: options.activation,
    maxContext,
    maxBatch: shared ? MAX_BATCH : 1,
    kvLimitBytes: options.kvBytes,
    kvBytesOf: (positions) => kvBytes(context, inPlace ? kvCapacity(positions, maxContext) : positions),
    openCache: () => inPlace?.open() ?? new GrowingKvCache(context),
    run: (cache, input) => guarded(async () => (await step.inTurn([{ cache, input }]))[0]!),
    runBatch: (items) => guarded(() => (shared ? step.together(items, shared.pool) : step.inTurn(items))),
    dispose: () => runtime.exclusive(() => session.release()).catch(() => {}),
  };
}

async function createSession(options: OrtExecutorOptions): Promise<InferenceSession> {
  const { runtime, slice, cpuNodes } = options;
  const onGpu = runtime.backend === 'webgpu';
  const keptOnGpu = [
    ...slice.kv.flatMap((port) => [port.keyOut, port.valueOut]),
    ...(slice.exitOutputs ? [slice.exitOutputs.logits] : []),
  ];
  try {
    const { model, blobs } = await unpackWeights(slice.model, options.blobs, options.unpackBytes);
    return await runtime.exclusive(() =>
      runtime.ort.InferenceSession.create(model, {
        executionProviders: [onGpu ? gpuProvider(cpuNodes) : 'wasm'],
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
}

/** The runtime refuses an empty list of names. */
const gpuProvider = (cpuNodes: readonly string[]): InferenceSession.ExecutionProviderConfig =>
  cpuNodes.length > 0 ? { name: 'webgpu', forceCpuNodeNames: cpuNodes } : 'webgpu';

function inPlaceCaches(options: OrtExecutorOptions, context: KvContext, device: GPUDevice) {
  const { exclusive } = options.runtime;
  const budget = { limitBytes: options.kvBytes, usedBytes: 0 };
  const gpu: GpuKvContext = { ...context, device, budget, exclusive };
  const pool = new KvPool(gpu);
  return { pool, open: () => new InPlaceKvCache(gpu, pool) };
}

/** The runs of one session of the runtime. */
class Step {
  readonly #session: InferenceSession;
  readonly #feeds: StepFeeds;
  readonly #outputs: RunOutputs;
  readonly #watch = new RunWatch();
  readonly #mostRows: number;

  constructor(options: OrtExecutorOptions, session: InferenceSession) {
    const { runtime, slice, hiddenSize, activation, bounds = UNBOUNDED } = options;
    this.#session = session;
    this.#mostRows = bounds.rows;
    this.#feeds = new StepFeeds({ ort: runtime.ort, slice, hiddenSize, activation });
    this.#outputs = new RunOutputs(runtime, slice);
  }

  async inTurn(items: readonly BatchItem[]): Promise<ExecutorOutput[]> {
    // First: what is let go here is room for what is bound.
    this.#outputs.forget();
    const outputs: ExecutorOutput[] = [];
    const rows = items.map(({ cache, input }) => ({ cache: cache as RuntimeKvCache, past: cache.length, input }));
    try {
      for (const { cache, input } of rows) {
        const pieces: ExecutorOutput[] = [];
        for (const piece of cutRows(input, this.#mostRows)) {
          const row = { cache, past: cache.length, input: piece };
          pieces.push(...(await this.#run(() => cache.bind(piece.tokens), [row], piece.tokens)));
        }
        outputs.push(joinOutputs(pieces));
      }
    } catch (cause) {
      for (const { cache, past } of rows) cache.crop(past);
      throw cause;
    }
    return outputs;
  }

  async together(items: readonly BatchItem[], pool: KvPool): Promise<ExecutorOutput[]> {
    if (items.length === 1) return this.inTurn(items);
    if (items.length > MAX_BATCH || items.some(({ input }) => input.tokens !== 1)) {
      throw new PoolError('internal', 'A run takes one token of each session, and so many sessions.');
    }
    const inputs = new Map(items.map(({ cache, input }) => [cache as PoolMember, input]));
    const pooled = pool.gather([...inputs.keys()]);
    if (!pooled) return this.inTurn(items);
    this.#outputs.forget();
    const rows = pooled.rows.map((cache) => {
      const input = inputs.get(cache);
      return { cache, past: cache.length, ...(input ? { input } : {}) };
    });
    const outputs = await this.#run(() => pooled.binding, rows, 1).catch((cause) => {
      // Reading back may fail when the run did not: its tokens are in the caches by then.
      for (const { cache, past } of rows) cache.crop(past);
      throw cause;
    });
    const byCache = new Map(rows.map(({ cache }, row) => [cache as KvCache, outputs[row]!]));
    return items.map(({ cache }) => byCache.get(cache)!);
  }

  #run(
    bind: () => KvBinding,
    rows: readonly (FeedRow & { cache: RuntimeKvCache })[],
    tokens: number,
  ): Promise<ExecutorOutput[]> {
    return this.#watch.watch(tokens * rows.length, () => this.#compute(bind, rows, tokens));
  }

  async #compute(
    bind: () => KvBinding,
    rows: readonly (FeedRow & { cache: RuntimeKvCache })[],
    tokens: number,
  ): Promise<ExecutorOutput[]> {
    const startedMs = performance.now();
    const binding = bind();
    const feeds = { ...binding.feeds };
    this.#feeds.add(feeds, rows, tokens);
    const fetches = { ...binding.fetches };
    const asked = rows.flatMap(({ input }) => (input ? [input] : []));
    for (const name of this.#outputs.names(asked)) fetches[name] = null;
    const fedMs = performance.now();
    const outputs = await this.#session.run(feeds, fetches);
    const ranMs = performance.now();
    for (const { cache, input } of rows) if (input) cache.commit(tokens, outputs);
    const read = await this.#outputs.read(outputs, rows, tokens);
    const times = {
      uploadMs: fedMs - startedMs,
      computeMs: ranMs - fedMs,
      readbackMs: performance.now() - ranMs,
      batch: asked.length,
    };
    return read.map((output) => ({ ...output, ...times }));
  }
}
