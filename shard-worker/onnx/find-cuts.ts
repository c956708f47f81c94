// Finds where the graph can be cut before each layer: the one tensor through which all that follows sees all before.
//
// Every node that depends on the past of layer i or later lies behind the residual stream that enters layer i, and
// so does nothing else that they share later: that tensor's producer is the nearest common dominator of those nodes
// in the graph of values that flow from the tokens. Names and operators of an exporter do not matter.
import { PoolError } from '../../protocol/errors.ts';
import { commonDominator, findDominators } from './find-dominators.ts';
import { elementType } from './infer-tensor.ts';
import { FLOAT16, FLOAT32, type OnnxGraph, type OnnxNode } from './onnx-graph.ts';
import { TOKENS_INPUT, type ValueTrace, valueInputs } from './trace-values.ts';

/** A place where one tensor carries everything. */
export interface Cut {
  /** Index of the node that makes the tensor. */
  node: number;
  /** Name of the tensor that crosses: `[batch, tokens, hidden]`. */
  tensor: string;
  /** TensorProto.DataType of the tensor. */
  type: number;
  /** The node is a fused add-and-norm: the add belongs before the cut, the norm behind it. */
  split: boolean;
}

/** Cuts before layer 0 to N-1, and the one between the last layer and the head. */
export interface Cuts {
  before: Cut[];
  head: Cut;
}

/** Output 3 of Skip(Simplified)LayerNormalization is the sum: onnxruntime/docs/ContribOperators.md */
const SUM_OUTPUT = 3;

export function isSkipNorm(node: OnnxNode): boolean {
  const isNamed = node.opType === 'SkipSimplifiedLayerNormalization' || node.opType === 'SkipLayerNormalization';
  return isNamed && node.domain === 'com.microsoft';
}

/** Finds all cuts of a decoder. @throws PoolError `model-unsupported` when a layer has no single tensor before it. */
export function findCuts(graph: OnnxGraph, trace: ValueTrace, layers: number, logits: string): Cuts {
  const stream = streamOf(graph, trace);
  const used = usedOutputs(graph);
  const makeCut = (start: number, level: number): Cut | undefined => {
    for (let at = start; at > 0; at = stream.dominators[at]!) {
      const index = stream.nodes[at]!;
      if (trace.level[index] !== level) return undefined;
      const cut = cutAt(graph, used, index);
      if (cut && !isWidening(graph, trace, index)) return cut;
    }
    return undefined;
  };
  const before: Cut[] = [];
  const common = commonByLevel(stream, trace, layers);
  for (let layer = 0; layer < layers; layer++) {
    const cut = common[layer] === undefined ? undefined : makeCut(common[layer]!, layer - 1);
    if (!cut)
      throw new PoolError('model-unsupported', `No single tensor carries the model's state into layer ${layer}.`);
    before.push(cut);
  }
  return { before, head: findHeadCut(graph, trace, stream, used, before.at(-1)!, logits) };
}

/** The main nodes in order, after the tokens (0), with their dominators. */
interface Stream {
  nodes: (number | undefined)[];
  place: Map<number, number>;
  dominators: number[];
}

function streamOf(graph: OnnxGraph, trace: ValueTrace): Stream {
  const nodes: (number | undefined)[] = [undefined, ...trace.order.filter((index) => trace.main[index])];
  const place = new Map(nodes.map((index, at) => [index ?? -1, at]));
  const predecessors = nodes.map((index) => {
    if (index === undefined) return [];
    return valueInputs(graph.nodes[index]!).flatMap((name) => {
      const maker = trace.producer.get(name);
      if (maker !== undefined && trace.main[maker]) return place.get(maker)!;
      return name === TOKENS_INPUT ? 0 : [];
    });
  });
  return { nodes, place, dominators: findDominators(predecessors) };
}

/** By layer: the nearest common dominator of all main nodes of that level and above. */
function commonByLevel(stream: Stream, trace: ValueTrace, layers: number): (number | undefined)[] {
  const common: (number | undefined)[] = new Array(layers + 1).fill(undefined);
  for (const [at, index] of stream.nodes.entries()) {
    const level = index === undefined ? -1 : trace.level[index]!;
    if (level < 0) continue;
    const known = common[level];
    common[level] = known === undefined ? at : commonDominator(stream.dominators, known, at);
  }
  for (let layer = layers - 1; layer >= 0; layer--) {
    const [own, later] = [common[layer], common[layer + 1]];
    // A layer that nothing depends on is no layer: leave it undefined, so that the caller refuses.
    if (own !== undefined && later !== undefined) common[layer] = commonDominator(stream.dominators, own, later);
  }
  return common;
}

/** The tensors that some node uses by value. */
function usedOutputs(graph: OnnxGraph): Set<string> {
  return new Set([...graph.nodes.flatMap(valueInputs), ...graph.outputs.map((output) => output.name)]);
}

/** The cut behind a node, if exactly one tensor leaves it, or one after a split. */
function cutAt(graph: OnnxGraph, used: Set<string>, index: number): Cut | undefined {
  const node = graph.nodes[index]!;
  const leaving = node.outputs.map((name, at) => (name !== '' && used.has(name) ? at : -1)).filter((at) => at >= 0);
  const type = elementType(graph, node.outputs[leaving[0] ?? 0] ?? '');
  if (leaving.length === 1) return { node: index, tensor: node.outputs[leaving[0]!]!, type, split: false };
  const isSplittable = isSkipNorm(node) && leaving.every((at) => at === 0 || at === SUM_OUTPUT);
  return isSplittable ? { node: index, tensor: node.outputs[SUM_OUTPUT]!, type, split: true } : undefined;
}

/** A cast from half to single precision: cut before it, and half the bytes travel. */
function isWidening(graph: OnnxGraph, trace: ValueTrace, index: number): boolean {
  const node = graph.nodes[index]!;
  if (node.opType === 'Identity') return trace.producer.has(node.inputs[0] ?? '');
  if (node.opType !== 'Cast') return false;
  const [from, to] = [elementType(graph, node.inputs[0] ?? ''), elementType(graph, node.outputs[0] ?? '')];
  return from === FLOAT16 && to === FLOAT32;
}

/**
 * The cut before the head: the last sum of two main tensors that all logits pass, which is the last residual add.
 * Only the accounting of bytes depends on it (which are the last layer's, which the head's), never a result.
 */
function findHeadCut(
  graph: OnnxGraph,
  trace: ValueTrace,
  stream: Stream,
  used: Set<string>,
  last: Cut,
  logits: string,
): Cut {
  const isMain = (name: string) => trace.main[trace.producer.get(name) ?? -1] === true;
  for (let at = stream.place.get(trace.producer.get(logits) ?? -1) ?? 0; at > 0; at = stream.dominators[at]!) {
    const index = stream.nodes[at]!;
    if (index === last.node) break;
    const node = graph.nodes[index]!;
    const isSum = (node.opType === 'Add' && node.domain === '') || isSkipNorm(node);
    if (!isSum || node.inputs.slice(0, 2).filter(isMain).length < 2) continue;
    if (!isSkipNorm(node)) return cutAt(graph, used, index) ?? last;
    const tensor = node.outputs[SUM_OUTPUT] || `${node.outputs[0]}/sum`;
    return { node: index, tensor, type: elementType(graph, node.outputs[0]!), split: true };
  }
  throw new PoolError('model-unsupported', 'No residual sum leads to the logits.');
}
