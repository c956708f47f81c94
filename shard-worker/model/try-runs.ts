// Tries a GPU's arithmetic on a model before it is believed: one layer of each kind with weights of noise, against the
// runtime's own CPU kernels in the same worker. Nothing is fetched, and nothing is loaded on a GPU that was not tried.
import { PoolError } from '../../protocol/errors.ts';
import { type RunBounds, UNBOUNDED } from '../engine/cut-rows.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import { createOrtExecutor } from '../engine/ort-executor.ts';
import type { OrtRuntime } from '../engine/ort-runtime.ts';
import { attentionKinds } from '../onnx/attention-kinds.ts';
import { noiseBytes, noiseWeights, xorshift } from '../onnx/noise-weights.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';
import { intAttribute } from '../onnx/read-node.ts';
import { type GraphSlice, sliceGraph } from '../onnx/slice-graph.ts';
import { executorShape, type ReadModel } from './executor-shape.ts';
import {
  CHUNK_ROWS,
  judgeRuns,
  runReference,
  SAFE_ROWS,
  TRIAL_POSITIONS,
  type TrialRows,
  type Verdict,
} from './judge-runs.ts';

/** What runs may be on this device, and one sentence for its person where that is less than it should be. */
export interface RunTrial {
  bounds: RunBounds;
  note?: string;
}

/**
 * What the worst row of a device may be off by, relative. Measured on SwiftShader over seven models: where it is right 3e-7 to
 * 4e-6, where its attention counts keys twice 0.69 to 1.53.
 */
const TOLERANCE = 1e-3;
/**
 * Where the runtime itself rounds what it multiplies, to 8 bits in blocks (accuracy level 4, DP4A) or to half precision: right
 * is 0.03 there, wrong 0.97.
 */
const COARSE_TOLERANCE = 0.15;

const trials = new WeakMap<OnnxGraph, Promise<RunTrial>>();

/**
 * Once per model. @throws PoolError `backend-unavailable` when the GPU computes it wrongly however it is asked, else what
 * the runtime failed with.
 */
export function tryRuns(runtime: OrtRuntime, model: ReadModel): Promise<RunTrial> {
  if (runtime.backend === 'wasm') return Promise.resolve({ bounds: UNBOUNDED });
  const known = trials.get(model.graph);
  if (known) return known;
  const trial = tryKinds(runtime, model);
  trials.set(model.graph, trial);
  // Another try may find the memory that this one lacked.
  trial.catch(() => trials.delete(model.graph));
  return trial;
}

async function tryKinds(runtime: OrtRuntime, model: ReadModel): Promise<RunTrial> {
  const verdicts: Verdict[] = [];
  for (const layer of attentionKinds(model.graph, model.decoder.kv)) {
    verdicts.push(await tryLayer(runtime, model, layer));
  }
  return concludeTrial(verdicts);
}

/** Keeps to what is right for every kind of layer. Exported for its test. */
export function concludeTrial(verdicts: readonly Verdict[]): RunTrial {
  const bounds: RunBounds = { rows: CHUNK_ROWS, isShared: true };
  const faults = new Set<string>();
  for (const { bounds: own, chunkError, piecesError, sharedError } of verdicts) {
    if (!own) {
      const off = percent(Math.min(chunkError, piecesError ?? chunkError));
      throw new PoolError('backend-unavailable', `${FAILED}: layers of this model come out wrong (${off}).`);
    }
    bounds.rows = Math.min(bounds.rows, own.rows);
    bounds.isShared &&= own.isShared;
    if (own.rows < CHUNK_ROWS) {
      faults.add(`${CHUNK_ROWS} tokens at once come out wrong (${percent(chunkError)}), ${SAFE_ROWS} right`);
    }
    if (!own.isShared) faults.add(`several answers in one step come out wrong (${percent(sharedError)})`);
  }
  if (faults.size === 0) return { bounds };
  const instead = [
    ...(bounds.rows < CHUNK_ROWS ? [`reads prompts in pieces of ${SAFE_ROWS}`] : []),
    ...(bounds.isShared ? [] : ['computes answers one after another']),
  ];
  const note = `${FAILED}: ${[...faults].join('; ')}. This tab ${instead.join(' and ')}: the same answers, a little later.`;
  return { bounds, note };
}

const FAILED = 'This GPU failed a test of its arithmetic';

const percent = (error: number): string =>
  Number.isFinite(error) ? `off by ${Math.max(1, Math.round(100 * error))} %` : 'no numbers at all';

async function tryLayer(runtime: OrtRuntime, model: ReadModel, layer: number): Promise<Verdict> {
  const { maxContext } = model.manifest;
  if (maxContext < TRIAL_POSITIONS) {
    throw new PoolError(
      'backend-unavailable',
      `A GPU is tried over ${TRIAL_POSITIONS} positions; this model has fewer.`,
    );
  }
  const slice = sliceGraph(model.graph, { start: layer, end: layer + 1 }, { maxContext });
  const blobs = await noiseWeights(slice);
  const rows = trialRows(slice, model);
  const compute = async <Result>(on: OrtRuntime, work: (executor: LayerExecutor) => Promise<Result>) => {
    const memory = { kvBytes: Number.POSITIVE_INFINITY, unpackBytes: 0 };
    const executor = await createOrtExecutor({ runtime: on, slice, blobs, ...executorShape(model), ...memory });
    try {
      return await work(executor);
    } finally {
      await executor.dispose();
    }
  };
  // One after the other: together they would hold the layer twice.
  const expected = await compute({ ...runtime, backend: 'wasm' }, (executor) => runReference(executor, rows));
  const tolerance = isCoarse(model) ? COARSE_TOLERANCE : TOLERANCE;
  return compute(runtime, (executor) => judgeRuns(executor, rows, expected, tolerance));
}

function isCoarse({ graph, decoder }: ReadModel): boolean {
  return decoder.activation === 'float16' || graph.nodes.some((node) => intAttribute(node, 'accuracy_level') === 4);
}

/** Small states: norms make them large again, and then what a layer adds is most of what comes out. */
const STATE_SIZE = 2 ** -5;

function trialRows({ entry }: GraphSlice, { decoder }: ReadModel): TrialRows {
  const { vocabSize, hiddenSize, activation } = decoder;
  const next = xorshift();
  if (entry) {
    const ids = Int32Array.from({ length: TRIAL_POSITIONS }, () => (next() >>> 1) % vocabSize);
    return (from, to) => ({ ids: ids.subarray(from, to), tokens: to - from });
  }
  const rowBytes = hiddenSize * (activation === 'float16' ? 2 : 4);
  const hidden = noiseBytes(activation, TRIAL_POSITIONS * hiddenSize, STATE_SIZE, next);
  return (from, to) => ({ hidden: hidden.subarray(from * rowBytes, to * rowBytes), tokens: to - from });
}
