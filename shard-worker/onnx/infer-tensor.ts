// Infers the element type and the last dimension of a tensor from the operators that lead to it, where the file does
// not say. Covers what decoders use; answers "unknown" for the rest, never a guess. Looks at each tensor of a graph once,
// whatever leads to it and however often, and waits on no stack: a stranger's graph costs what it has of nodes, and a circle
// is unknown.
import { FLOAT32, INT64, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-graph.ts';
import { intAttribute, intsAttribute, tensorAttribute } from './read-node.ts';
import { readInt64Data } from './read-tensor.ts';

/** What is known of one graph. */
interface Known {
  makers: ReadonlyMap<string, OnnxNode>;
  /** What the file says of a tensor; of an input goes before of an output. */
  stated: ReadonlyMap<string, OnnxValue>;
  types: Map<string, number>;
  lastDims: Map<string, number | undefined>;
  constants: Map<string, number[] | undefined>;
}

const known = new WeakMap<OnnxGraph, Known>();

function knownOf(graph: OnnxGraph): Known {
  let found = known.get(graph);
  if (!found) {
    const stated = [...graph.outputs, ...graph.inputs].map((value) => [value.name, value] as const);
    found = {
      makers: new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const))),
      stated: new Map([...stated, ...graph.valueInfo]),
      types: new Map(),
      lastDims: new Map(),
      constants: new Map(),
    };
    known.set(graph, found);
  }
  return found;
}

/** The node that makes a tensor. */
export const makerOf = (graph: OnnxGraph, name: string): OnnxNode | undefined =>
  name === '' ? undefined : knownOf(graph).makers.get(name);

/** TensorProto.DataType of a tensor, 0 if unknown. */
export function elementType(graph: OnnxGraph, name: string): number {
  const { types } = knownOf(graph);
  const passed: string[] = [];
  let at: string | undefined = name;
  let found = 0;
  while (at !== undefined) {
    const before = types.get(at);
    if (before !== undefined) {
      found = before;
      break;
    }
    // Until it is known, and so where a circle comes back to it.
    types.set(at, 0);
    passed.push(at);
    const { type, source } = typeStep(graph, at);
    found = type;
    at = source;
  }
  for (const each of passed) types.set(each, found);
  return found;
}

/** The type of a tensor, or another one that has the same. */
function typeStep(graph: OnnxGraph, name: string): { type: number; source?: string } {
  const stated = knownOf(graph).stated.get(name)?.type || graph.initializers.get(name)?.type;
  const node = makerOf(graph, name);
  if (stated || !node) return { type: stated ?? 0 };
  const { inputs } = node;
  const from = (index: number) => ({ type: 0, source: inputs[index] ?? '' });
  switch (node.opType) {
    case 'Cast':
      return { type: intAttribute(node, 'to') ?? 0 };
    case 'Constant':
      return { type: tensorAttribute(node, 'value')?.type ?? 0 };
    case 'Shape':
    case 'Size':
      return { type: INT64 };
    case 'ConstantOfShape':
      return { type: tensorAttribute(node, 'value')?.type ?? FLOAT32 };
    case 'GatherBlockQuantized':
      return from(2);
    case 'CastLike':
    case 'DequantizeLinear':
    case 'Where':
      return from(1);
    default:
      return from(0);
  }
}

/** Size of a tensor's last dimension, undefined if unknown. */
export function lastDim(graph: OnnxGraph, name: string): number | undefined {
  const { lastDims } = knownOf(graph);
  const waiting = [name];
  // Those that wait for what is above them; one that waits for itself is in a circle.
  const open = new Set<string>();
  for (let at = waiting.at(-1); at !== undefined; at = waiting.at(-1)) {
    if (lastDims.has(at)) {
      waiting.pop();
      continue;
    }
    const { value, sources, combine } = dimStep(graph, at);
    const missing = sources.filter((source) => !lastDims.has(source) && !open.has(source));
    if (missing.length > 0) {
      open.add(at);
      waiting.push(...missing);
      continue;
    }
    open.delete(at);
    waiting.pop();
    lastDims.set(at, combine ? combine(sources.map((source) => lastDims.get(source))) : value);
  }
  return lastDims.get(name);
}

interface DimStep {
  value?: number | undefined;
  /** Tensors whose last dimensions tell it. */
  sources: readonly string[];
  combine?(dims: readonly (number | undefined)[]): number | undefined;
}

const first = ([dim]: readonly (number | undefined)[]): number | undefined => dim;

function dimStep(graph: OnnxGraph, name: string): DimStep {
  const is = (value: number | undefined): DimStep => ({ value, sources: [] });
  const stated = knownOf(graph).stated.get(name)?.dims?.at(-1);
  if (typeof stated === 'number' && stated > 0) return is(stated);
  const constant = constantDims(graph, name);
  if (constant) return is(constant.at(-1));
  const node = makerOf(graph, name);
  if (!node) return is(undefined);
  const of = (index: number): DimStep => ({ sources: [node.inputs[index] ?? ''], combine: first });
  switch (node.opType) {
    case 'MatMul':
    case 'MatMulInteger':
      return of(1);
    case 'MatMulNBits':
    case 'MatMulBnb4':
    case 'MatMulFpQ4':
      return is(intAttribute(node, 'N'));
    case 'Gemm':
      return is(constantDims(graph, node.inputs[1] ?? '')?.at(intAttribute(node, 'transB') === 1 ? 0 : 1));
    case 'GatherBlockQuantized':
      return { sources: [node.inputs[2] ?? ''], combine: ([blocks]) => blockQuantizedDim(node, blocks) };
    case 'Reshape':
      return is(positive(constantValues(graph, node.inputs[1] ?? '')?.at(-1)));
    case 'Split':
      return is(splitDim(graph, node, name));
    case 'SkipLayerNormalization':
    case 'SkipSimplifiedLayerNormalization':
      return of(2);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return {
        sources: [node.inputs[0] ?? '', node.inputs[1] ?? ''],
        combine: ([one, other]) => broadcastDim(one, other),
      };
    case 'Cast':
    case 'Identity':
    case 'Gather':
    case 'Sigmoid':
    case 'Tanh':
    case 'LayerNormalization':
    case 'SimplifiedLayerNormalization':
    case 'RMSNormalization':
    case 'RotaryEmbedding':
    case 'DynamicQuantizeLinear':
      return of(0);
    default:
      return is(undefined);
  }
}

/** Shape of a tensor that depends on no input: a weight, or a weight turned, cast or dequantised. */
export function constantDims(graph: OnnxGraph, name: string): number[] | undefined {
  const { constants } = knownOf(graph);
  const passed: { name: string; node: OnnxNode }[] = [];
  let dims: number[] | undefined;
  for (let at = name; ; ) {
    const node = makerOf(graph, at);
    if (constants.has(at) || !node || !TURNS.has(node.opType)) {
      dims = constants.has(at) ? constants.get(at) : baseDims(graph, at, node);
      constants.set(at, dims);
      break;
    }
    // Until it is known, and so where a circle comes back to it.
    constants.set(at, undefined);
    passed.push({ name: at, node });
    at = node.inputs[0] ?? '';
  }
  for (const { name: each, node } of passed.reverse()) {
    dims = dims && node.opType === 'Transpose' ? transposed(dims, node) : dims;
    constants.set(each, dims);
  }
  return dims;
}

/** Operators whose result has the shape of their first input, turned at most. */
const TURNS: ReadonlySet<string> = new Set(['Transpose', 'Cast', 'Identity', 'DequantizeLinear']);

const baseDims = (graph: OnnxGraph, name: string, node: OnnxNode | undefined): number[] | undefined =>
  graph.initializers.get(name)?.dims ??
  (node?.opType === 'Constant' ? tensorAttribute(node, 'value')?.dims : undefined);

const transposed = (dims: readonly number[], node: OnnxNode): number[] =>
  (intsAttribute(node, 'perm') ?? [...dims.keys()].reverse()).map((axis) => dims[axis] ?? 0);

/** Values of a small constant int64 tensor. */
export function constantValues(graph: OnnxGraph, name: string): number[] | undefined {
  const node = makerOf(graph, name);
  const tensor =
    graph.initializers.get(name) ?? (node?.opType === 'Constant' ? tensorAttribute(node, 'value') : undefined);
  return tensor ? int64Values(tensor) : undefined;
}

function int64Values(tensor: OnnxTensor): number[] | undefined {
  if (tensor.type !== INT64 || tensor.span) return undefined;
  return readInt64Data(tensor);
}

function blockQuantizedDim(node: OnnxNode, blocks: number | undefined): number | undefined {
  const blockSize = intAttribute(node, 'block_size') ?? 128;
  return blocks === undefined ? undefined : blocks * blockSize;
}

function splitDim(graph: OnnxGraph, node: OnnxNode, name: string): number | undefined {
  if ((intAttribute(node, 'axis') ?? 0) !== -1) return undefined;
  const sizes = intsAttribute(node, 'split') ?? constantValues(graph, node.inputs[1] ?? '');
  return sizes?.[node.outputs.indexOf(name)];
}

/** One side may be a scalar of unknown shape only if the other is known to be longer than 1. */
function broadcastDim(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined || second === undefined) {
    const known = first ?? second;
    return known !== undefined && known > 1 ? known : undefined;
  }
  return Math.max(first, second);
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
