// Infers the element type and the last dimension of a tensor from the operators that lead to it, where the file does
// not say. Covers what decoders use; answers "unknown" for the rest, never a guess.
import { FLOAT32, INT64, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx-graph.ts';
import { intAttribute, intsAttribute, tensorAttribute } from './read-node.ts';
import { readInt64Data } from './read-tensor.ts';

/** Enough for any chain of casts, reshapes and biases between a tensor and the weight that shapes it. */
const MAX_STEPS = 64;

const makers = new WeakMap<OnnxGraph, Map<string, OnnxNode>>();

/** The node that makes a tensor. */
export function makerOf(graph: OnnxGraph, name: string): OnnxNode | undefined {
  let byName = makers.get(graph);
  if (!byName) {
    byName = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    makers.set(graph, byName);
  }
  return name === '' ? undefined : byName.get(name);
}

/** TensorProto.DataType of a tensor, 0 if unknown. */
export function elementType(graph: OnnxGraph, name: string): number {
  let at = name;
  for (let step = 0; step < MAX_STEPS; step++) {
    const stated = statedValue(graph, at)?.type || graph.initializers.get(at)?.type;
    if (stated) return stated;
    const node = makerOf(graph, at);
    if (!node) return 0;
    const { inputs } = node;
    switch (node.opType) {
      case 'Cast':
        return intAttribute(node, 'to') ?? 0;
      case 'Constant':
        return tensorAttribute(node, 'value')?.type ?? 0;
      case 'Shape':
      case 'Size':
        return INT64;
      case 'ConstantOfShape':
        return tensorAttribute(node, 'value')?.type ?? FLOAT32;
      case 'GatherBlockQuantized':
        at = inputs[2] ?? '';
        break;
      case 'CastLike':
      case 'DequantizeLinear':
      case 'Where':
      case 'Pow':
        at = node.opType === 'Pow' ? (inputs[0] ?? '') : (inputs[1] ?? '');
        break;
      default:
        at = inputs[0] ?? '';
    }
  }
  return 0;
}

/** Size of a tensor's last dimension, undefined if unknown. */
export function lastDim(graph: OnnxGraph, name: string, steps = MAX_STEPS): number | undefined {
  const stated = statedValue(graph, name)?.dims?.at(-1);
  if (typeof stated === 'number' && stated > 0) return stated;
  const constant = constantDims(graph, name);
  if (constant) return constant.at(-1);
  const node = makerOf(graph, name);
  if (!node || steps === 0) return undefined;
  const of = (index: number) => lastDim(graph, node.inputs[index] ?? '', steps - 1);
  switch (node.opType) {
    case 'MatMul':
    case 'MatMulInteger':
      return of(1);
    case 'MatMulNBits':
    case 'MatMulBnb4':
    case 'MatMulFpQ4':
      return intAttribute(node, 'N');
    case 'Gemm':
      return constantDims(graph, node.inputs[1] ?? '')?.at(intAttribute(node, 'transB') === 1 ? 0 : 1);
    case 'GatherBlockQuantized':
      return blockQuantizedDim(node, of(2));
    case 'Reshape':
      return positive(constantValues(graph, node.inputs[1] ?? '')?.at(-1));
    case 'Split':
      return splitDim(graph, node, name);
    case 'SkipLayerNormalization':
    case 'SkipSimplifiedLayerNormalization':
      return of(2);
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return broadcastDim(of(0), of(1));
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
      return undefined;
  }
}

/** Shape of a tensor that depends on no input: a weight, or a weight turned, cast or dequantised. */
export function constantDims(graph: OnnxGraph, name: string, steps = MAX_STEPS): number[] | undefined {
  const tensor = graph.initializers.get(name);
  if (tensor) return tensor.dims;
  const node = makerOf(graph, name);
  if (!node || steps === 0) return undefined;
  if (node.opType === 'Constant') return tensorAttribute(node, 'value')?.dims;
  const source = constantDims(graph, node.inputs[0] ?? '', steps - 1);
  if (!source) return undefined;
  if (node.opType === 'Transpose')
    return (intsAttribute(node, 'perm') ?? [...source.keys()].reverse()).map((axis) => source[axis] ?? 0);
  return ['Cast', 'Identity', 'DequantizeLinear'].includes(node.opType) ? source : undefined;
}

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

function statedValue(graph: OnnxGraph, name: string) {
  return (
    graph.valueInfo.get(name) ?? graph.inputs.find((v) => v.name === name) ?? graph.outputs.find((v) => v.name === name)
  );
}
