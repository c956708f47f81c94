// Chooses a tensor of a slice that has the same shape as one outside it: another layer's KV cache has that of the
// slice's own first layer, every residual that of the hidden state, and the tokens its first two dimensions.
import type { Cut } from './find-cuts.ts';
import { constantDims, constantValues, elementType, lastDim, makerOf } from './infer-tensor.ts';
import { parseKvName } from './kv-ports.ts';
import type { OnnxGraph, OnnxNode } from './onnx-graph.ts';
import type { Decoder } from './read-decoder.ts';
import type { Stretch } from './stretch.ts';
import { TOKENS_INPUT } from './trace-values.ts';

/**
 * Where a shape is read instead: off a tensor of the `same` shape, off the first two dimensions of the hidden state
 * (`tokens`), or from numbers that the file states (`dims`).
 */
export type StandIn = { kind: 'same' | 'tokens'; tensor: string } | { kind: 'dims'; dims: number[] };

/** A stand-in for the shape (for CastLike: the type) of `wanted` as `user` reads it; undefined if there is none. */
export function shapeStandIn(decoder: Decoder, stretch: Stretch, user: OnnxNode, wanted: string): StandIn | undefined {
  const { graph, cuts } = decoder;
  const reference: Cut = stretch.from ?? cuts.before[0]!;
  if (user.opType === 'CastLike') {
    return elementType(graph, wanted) === reference.type ? { kind: 'same', tensor: reference.tensor } : undefined;
  }
  const name = beforeCasts(graph, wanted);
  const dims = constantDims(graph, name);
  if (dims) return { kind: 'dims', dims };
  if (isTokens(decoder, name))
    return user.opType === 'Shape' ? { kind: 'tokens', tensor: reference.tensor } : undefined;
  const own = ownKvPort(decoder, stretch, name);
  if (own) return { kind: 'same', tensor: own };
  return isResidual(decoder, name) ? { kind: 'same', tensor: reference.tensor } : undefined;
}

/** The tensor that a row of casts began with: files converted to half precision cast every port. */
function beforeCasts(graph: OnnxGraph, name: string): string {
  let at = name;
  // The graph is sorted, so that no walk towards its inputs comes back.
  for (;;) {
    const node = makerOf(graph, at);
    if (node?.opType !== 'Cast' && node?.opType !== 'Identity') return at;
    at = node.inputs[0] ?? '';
  }
}

/** The first layer's port of the same side and kind, if its cache has the same heads and head size. */
function ownKvPort(decoder: Decoder, stretch: Stretch, name: string): string | undefined {
  const port = parseKvName(name);
  const own = decoder.kv[stretch.layers.start];
  if (!port || !own || stretch.layers.start === stretch.layers.end) return undefined;
  const isPast = port.side === 'past';
  const replacement = port.kind === 'key' ? (isPast ? own.keyIn : own.keyOut) : isPast ? own.valueIn : own.valueOut;
  const values = isPast ? decoder.graph.inputs : decoder.graph.outputs;
  const dimsOf = (wanted: string) => values.find((value) => value.name === wanted)?.dims;
  const [foreign, mine] = [dimsOf(name), dimsOf(replacement)];
  // Layers of one model may differ in heads: a mask built from the wrong layer's shape would be wrong in silence.
  const isAlike = foreign?.length === 4 && mine?.length === 4 && foreign[1] === mine[1] && foreign[3] === mine[3];
  return isAlike ? replacement : undefined;
}

/** Whether a tensor is `[batch, tokens, hidden]`: a cut, or made from one by operators that keep its shape. */
function isResidual(decoder: Decoder, name: string): boolean {
  const { graph, cuts, trace } = decoder;
  const streamNodes = new Set([...cuts.before, cuts.head].map((cut) => cut.node));
  // Forwards too: the embedding lies before the first cut when it is scaled or cast on the way.
  const beforeFirst = leadingToFirstCut(decoder);
  let at = name;
  for (;;) {
    const node = makerOf(graph, at);
    if (!node) return false;
    if (streamNodes.has(trace.producer.get(at)!)) return true;
    if (beforeFirst.has(at) || isEmbedding(decoder, node)) return true;
    if (!keepsShape(decoder, node)) return false;
    at = streamInput(decoder, node);
  }
}

/** Whether a node looks the tokens up in a table of rows as long as the hidden state. */
function isEmbedding(decoder: Decoder, node: OnnxNode): boolean {
  const isLookup = node.opType === 'Gather' || node.opType === 'GatherBlockQuantized';
  if (!isLookup || !isTokens(decoder, node.inputs[1] ?? '')) return false;
  return lastDim(decoder.graph, node.outputs[0]!) === decoder.hiddenSize;
}

/** Whether a tensor is `[batch, tokens]`: `input_ids`, or the same as some exporters flatten it, `view(-1, tokens)`. */
function isTokens(decoder: Decoder, name: string): boolean {
  const at = beforeCasts(decoder.graph, name);
  if (at === TOKENS_INPUT) return true;
  const node = makerOf(decoder.graph, at);
  if (node?.opType !== 'Reshape' || node.inputs[0] !== TOKENS_INPUT) return false;
  const shape = node.inputs[1] ?? '';
  // In a Reshape's target, 0 keeps the dimension of that place: [-1, 0] and [0, -1] change nothing.
  const known = constantValues(decoder.graph, shape);
  if (known) return known.length === 2 && known.includes(0) && known.every((size) => size === 0 || size === -1);
  const joined = makerOf(decoder.graph, shape);
  const pieces = joined?.opType === 'Concat' ? joined.inputs.map((piece) => constantValues(decoder.graph, piece)) : [];
  return pieces.length === 2 && pieces[0]?.[0] === -1 && pieces[1] === undefined;
}

/** Tensors of the shape of the stream that the first cut comes from, itself first. */
function leadingToFirstCut(decoder: Decoder): ReadonlySet<string> {
  const before = leading.get(decoder);
  if (before) return before;
  const names = new Set<string>();
  for (let at = decoder.cuts.before[0]!.tensor; ; ) {
    names.add(at);
    const node = makerOf(decoder.graph, at);
    if (!node || !keepsShape(decoder, node)) break;
    at = streamInput(decoder, node);
  }
  leading.set(decoder, names);
  return names;
}

const leading = new WeakMap<Decoder, ReadonlySet<string>>();

/** Operators whose output has the shape of the stream that goes in. */
function keepsShape(decoder: Decoder, node: OnnxNode): boolean {
  switch (node.opType) {
    case 'Cast':
    case 'Identity':
    case 'LayerNormalization':
    case 'SimplifiedLayerNormalization':
    case 'RMSNormalization':
    case 'SkipLayerNormalization':
    case 'SkipSimplifiedLayerNormalization':
      return true;
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div': {
      const [first = '', second = ''] = node.inputs;
      const other = isMain(decoder, first) ? second : first;
      // A scalar, or one number per hidden dimension.
      return (constantDims(decoder.graph, other)?.length ?? 2) <= 1;
    }
    default:
      return false;
  }
}

/** The input that carries the stream. */
function streamInput(decoder: Decoder, node: OnnxNode): string {
  return node.inputs.find((name) => isMain(decoder, name)) ?? node.inputs[0] ?? '';
}

function isMain(decoder: Decoder, name: string): boolean {
  return decoder.trace.main[decoder.trace.producer.get(name) ?? -1] === true;
}
