// Puts together what is known of a graph as a decoder: ports, cuts and the size of the residual stream. Computed once
// per graph and remembered; never changes the graph.
import { PoolError } from '../../protocol/errors.ts';
import { type Cut, type Cuts, findCuts } from './find-cuts.ts';
import { constantDims, lastDim } from './infer-tensor.ts';
import { findKvPorts, type KvPorts, parseKvName } from './kv-ports.ts';
import { ELEMENT_TYPES, type OnnxGraph, type OnnxValue } from './onnx-graph.ts';
import { TOKENS_INPUT, traceValues, type ValueTrace } from './trace-values.ts';

/** A graph understood as a decoder. */
export interface Decoder {
  graph: OnnxGraph;
  trace: ValueTrace;
  kv: KvPorts[];
  cuts: Cuts;
  /** The output `[batch, tokens, vocab]`. */
  logits: OnnxValue;
  hiddenSize: number;
  vocabSize: number;
  /** Names (or sizes) of the first two dimensions of `input_ids`. */
  batchDims: [number | string, number | string];
  /** What lies behind each node that a cut starts from, made on demand. */
  behind: Map<number, Uint8Array>;
}

/** Ops are written for this version and up: TopK with `sorted`, Slice and Clip with inputs. */
const MIN_OPSET = 11;

const decoders = new WeakMap<OnnxGraph, Decoder>();

/** Reads a graph as a decoder. @throws PoolError `model-unsupported` when it is none, or cannot be cut. */
export function readDecoder(graph: OnnxGraph): Decoder {
  const known = decoders.get(graph);
  if (known) return known;
  const kv = findKvPorts(graph);
  if ((graph.opsets.get('') ?? 0) < MIN_OPSET)
    throw new PoolError('model-unsupported', `The model needs opset ${MIN_OPSET} or later.`);
  const trace = traceValues(graph, kv);
  const logits = findLogits(graph);
  const cuts = findCuts(graph, trace, kv.length, logits.name);
  const hiddenSize = required(streamDim(graph, cuts.before), 'the size of the hidden state');
  const vocabSize = required(lastDim(graph, logits.name), 'the size of the vocabulary');
  const tokens = graph.inputs.find((input) => input.name === TOKENS_INPUT);
  const [batch = 'batch_size', length = 'sequence_length'] = tokens?.dims ?? [];
  const batchDims: [number | string, number | string] = [batch || 'batch_size', length || 'sequence_length'];
  const decoder = { graph, trace, kv, cuts, logits, hiddenSize, vocabSize, batchDims, behind: new Map() };
  decoders.set(graph, decoder);
  return decoder;
}

/** Whether each node depends by value on what a cut carries. */
export function nodesBehind(decoder: Decoder, cut: Cut): Uint8Array {
  const known = decoder.behind.get(cut.node);
  if (known) return known;
  const { graph, trace } = decoder;
  const behind = new Uint8Array(graph.nodes.length);
  behind[cut.node] = 1;
  for (const index of trace.order) {
    if (!trace.main[index]) continue;
    const node = graph.nodes[index]!;
    const reaches = [...node.inputs, ...node.captures].some((name) => behind[trace.producer.get(name) ?? -1] === 1);
    if (reaches) behind[index] = 1;
  }
  decoder.behind.set(cut.node, behind);
  return behind;
}

/** The name of an element type for the runtime. @throws PoolError for a type that it cannot carry. */
export function typeName(type: number): string {
  const name = ELEMENT_TYPES[type]?.name;
  if (!name) throw new PoolError('model-unsupported', `The model uses element type ${type}, which is not supported.`);
  return name;
}

function findLogits(graph: OnnxGraph): OnnxValue {
  const others = graph.outputs.filter((output) => parseKvName(output.name)?.side !== 'present');
  const logits = others.find((output) => output.name === 'logits') ?? (others.length === 1 ? others[0] : undefined);
  if (!logits) throw new PoolError('model-unsupported', 'The model has no single output that could be its logits.');
  return logits;
}

/** All cuts carry the same stream, so any of them may tell its size. A norm's weight or an add's bias has it too. */
function streamDim(graph: OnnxGraph, cuts: readonly Cut[]): number | undefined {
  for (const cut of cuts) {
    const size = lastDim(graph, cut.tensor) ?? lastDim(graph, graph.nodes[cut.node]!.outputs[0]!);
    if (size !== undefined) return size;
  }
  const tokensUser = graph.nodes.find((node) => node.opType === 'Gather' && node.inputs[1] === TOKENS_INPUT);
  return tokensUser ? constantDims(graph, tokensUser.inputs[0] ?? '')?.at(-1) : undefined;
}

function required(value: number | undefined, what: string): number {
  if (value === undefined) throw new PoolError('model-unsupported', `The graph does not tell ${what}.`);
  return value;
}
