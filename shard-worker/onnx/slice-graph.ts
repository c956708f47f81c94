// Cuts a decoder's graph: the model file of layers `[start, end)` and the list of byte ranges that its weights are.
// One code path makes the solo model, a draft model and every stage. Never fetches and never runs anything.

import { PoolError } from '../../protocol/errors.ts';
import type { WeightBlob } from '../words/weight-blob.ts';
import { CANDIDATES, INVERSE_TEMPERATURE, makeSampler, type Sampler } from './append-sampler.ts';
import { buildSlice } from './build-slice.ts';
import { findHead } from './find-head.ts';
import { groupWeights, weightsOf } from './group-weights.ts';
import type { KvPorts } from './kv-ports.ts';
import { layOutBlobs } from './lay-out-blobs.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { LOGIT_ROWS, PICKED_LOGITS, pickRows, type RowPick } from './pick-rows.ts';
import { type Decoder, readDecoder, typeName } from './read-decoder.ts';
import { readValueInfo } from './read-value-info.ts';
import { type Region, selectRegion } from './select-region.ts';
import type { Stretch } from './stretch.ts';
import { findRotaryTables } from './trim-rotary-tables.ts';

/** Ids that a sampler looks at when nothing else is asked: top-k of 50 and a margin. */
const DEFAULT_TOP_K = 64;

/** An input or output of a slice; names stand for dimensions that differ from call to call. */
export interface SlicePort {
  name: string;
  /** As onnxruntime-web spells it: `float32`, `float16`, `int64`... */
  type: string;
  dims: (number | string)[];
}

/** A runnable part of a model. */
export interface GraphSlice {
  start: number;
  end: number;
  /** It holds the embedding, and takes `input_ids`. */
  entry: boolean;
  /** It holds the head, and gives logits. */
  exit: boolean;
  /** ModelProto; its weights are external data in `blobs`. */
  model: Uint8Array;
  blobs: WeightBlob[];
  /** Name of the hidden state that comes in, `[batch, tokens, hidden]`; absent at the entry. */
  hiddenIn?: string;
  /** Name of the hidden state that goes out, `[batch, tokens, hidden]`; absent at the exit. */
  hiddenOut?: string;
  inputs: SlicePort[];
  outputs: SlicePort[];
  kv: KvPorts[];
  /** Names of what the exit gives, one row for each of `logit_rows`; only `logits`, all rows, when `topK` is 0. */
  exitOutputs?: { logits: string; candidates?: string };
}

/** What a slice may be given. */
export interface SliceOptions {
  /** Ids in a row of `candidates`, clamped to the vocabulary; 0 appends no sampler. Default 64. */
  topK?: number;
  /** Positions that the stage serves: rotary tables are cut to so many rows. Default: all. */
  maxContext?: number;
}

/**
 * Cuts layers `[start, end)` out of a decoder.
 *
 * @throws PoolError `bad-request` when there is no such range, `model-unsupported` when the graph cannot be cut there.
 * @example
 * const slice = sliceGraph(await readGraph(source), { start: 0, end: 14 }, { maxContext: 4096 });
 * const externalData = await Promise.all(slice.blobs.map(async (blob) => ({ path: blob.location, data: await fetchBlob(blob) })));
 * const session = await InferenceSession.create(slice.model, { externalData });
 */
export function sliceGraph(
  graph: OnnxGraph,
  range: { start: number; end: number },
  options: SliceOptions = {},
): GraphSlice {
  const decoder = readDecoder(graph);
  const { start, end } = range;
  const layers = decoder.kv.length;
  const isRange = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= layers;
  if (!isRange)
    throw new PoolError('bad-request', `Layers [${start}, ${end}) are not a part of the model's ${layers}.`);
  const { topK = DEFAULT_TOP_K, maxContext } = options;
  if (!Number.isInteger(topK) || topK < 0)
    throw new PoolError('bad-request', 'topK must be a whole number, 0 or more.');
  if (maxContext !== undefined && !(Number.isInteger(maxContext) && maxContext > 0)) {
    throw new PoolError('bad-request', 'maxContext must be a whole number of tokens.');
  }

  const [entry, exit] = [start === 0, end === layers];
  const stretch: Stretch = { layers: { start, end } };
  if (!entry) stretch.from = decoder.cuts.before[start]!;
  if (!exit) stretch.to = decoder.cuts.before[end]!;
  const region = selectRegion(decoder, stretch);
  const rotaryTables = findRotaryTables(graph);
  const { blobs, places } = layOutBlobs(weightsOf(decoder, region), groupWeights(decoder), rotaryTables, maxContext);
  const samples = exit && topK > 0;
  if (samples) refuseTakenNames(decoder);
  const rows = samples && !hasOwnPick(region) ? pickRows(decoder, findHead(decoder, region)) : undefined;
  const sampler = samples ? samplerOf(decoder, topK, rows) : undefined;
  const built = buildSlice(decoder, stretch, region, places, { sampler, rows });

  const slice: GraphSlice = {
    start,
    end,
    entry,
    exit,
    model: built.model,
    blobs,
    inputs: built.inputs.map(describePort),
    outputs: built.outputs.map(describePort),
    kv: decoder.kv.slice(start, end),
  };
  if (stretch.from) slice.hiddenIn = stretch.from.tensor;
  if (stretch.to) slice.hiddenOut = stretch.to.tensor;
  if (exit) {
    slice.exitOutputs = {
      logits: rows?.logits ?? decoder.logits.name,
      ...(sampler ? { candidates: CANDIDATES } : {}),
    };
  }
  return slice;
}

/** Inputs by which exporters let the caller say how many of the last rows go through the head. */
const OWN_PICKS = ['num_logits_to_keep', 'logits_to_keep'];

function hasOwnPick(region: Region): boolean {
  return OWN_PICKS.some((name) => region.inputs.has(name));
}

function refuseTakenNames({ graph, trace }: Decoder): void {
  const taken = [INVERSE_TEMPERATURE, CANDIDATES, LOGIT_ROWS, PICKED_LOGITS].find(
    (name) => trace.producer.has(name) || graph.initializers.has(name) || graph.inputs.some((i) => i.name === name),
  );
  if (taken) throw new PoolError('model-unsupported', `The model already has a tensor named ${taken}.`);
}

function samplerOf(decoder: Decoder, topK: number, rows: RowPick | undefined): Sampler {
  const { graph, logits, vocabSize, batchDims } = decoder;
  return makeSampler({
    logits: rows?.logits ?? logits.name,
    logitsType: logits.type,
    vocab: vocabSize,
    opset: graph.opsets.get('')!,
    topK: Math.min(topK, vocabSize),
    batchDims: rows ? [batchDims[0], LOGIT_ROWS] : batchDims,
  });
}

function describePort(bytes: Uint8Array): SlicePort {
  const { name, type, dims } = readValueInfo(bytes);
  return { name, type: typeName(type), dims: dims ?? [] };
}
