// Finds where rows of the head can be left out: the matrix that makes logits of hidden states, and the tensor that enters
// it. Goes by operators and by what depends on the tokens, never by an exporter's names. Changes nothing.
import { constantDims } from './infer-tensor.ts';
import type { OnnxNode } from './onnx-graph.ts';
import type { Decoder } from './read-decoder.ts';
import type { Region } from './select-region.ts';

/** The head's matrix product. */
export interface Head {
  /** Index of the node in `graph.nodes`. */
  node: number;
  /** Name of its first input: `[batch, tokens, hidden]`. */
  data: string;
  /** Tensors from the product to the logits, both included: all that lose rows with `data`. */
  behind: string[];
}

/** Products of a `[batch, tokens, hidden]` tensor (input 0) and a matrix; Gemm is absent since it takes rank 2 alone. */
const PRODUCTS = new Set(['MatMul', 'MatMulNBits', 'MatMulBnb4', 'MatMulFpQ4', 'MatMulInteger']);
/** Operators that treat every place alone: bias, scale, softcap, casts. */
const ELEMENTWISE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Tanh', 'Cast', 'Identity', 'Clip']);
/** Enough for a softcap between casts, a bias and a scale. */
const MAX_STEPS = 16;

/** The head of an exit region, or undefined when something on the way to the logits cannot do with fewer rows. */
export function findHead(decoder: Decoder, region: Region): Head | undefined {
  const { graph, trace, logits } = decoder;
  if (logits.dims?.length !== 3) return undefined;
  const behind: string[] = [];
  let name = logits.name;
  for (let step = 0; step < MAX_STEPS; step++) {
    behind.push(name);
    const index = trace.producer.get(name);
    if (index === undefined || !region.nodes.has(index)) return undefined;
    const node = graph.nodes[index]!;
    const [data, ...others] = dataFirst(decoder, node);
    if (data === undefined) return undefined;
    if (PRODUCTS.has(node.opType)) {
      const isHead = others.every((other) => isWeight(decoder, node, other)) && !hasOtherUsers(decoder, region, behind);
      return isHead ? { node: index, data, behind } : undefined;
    }
    name = data;
  }
  return undefined;
}

/** A node's inputs, that which carries the rows before the others; empty when the node is not one to look through. */
function dataFirst(decoder: Decoder, node: OnnxNode): string[] {
  const inputs = node.inputs.filter((name) => name !== '');
  if (PRODUCTS.has(node.opType)) return inputs;
  if (!ELEMENTWISE.has(node.opType)) return [];
  const carriers = inputs.filter((name) => !isRowless(decoder, name));
  return carriers.length === 1 ? carriers : [];
}

/** A matrix, or what quantisation adds to one: the contrib products have packed weights of rank 3. */
function isWeight(decoder: Decoder, node: OnnxNode, name: string): boolean {
  const dims = constantDims(decoder.graph, name);
  if (dims) return node.domain !== '' || dims.length <= 2;
  return isRowless(decoder, name);
}

/**
 * Whether a tensor is the same for every row: a weight however it is prepared, or a number taken over all rows, such as
 * the scale of DynamicQuantizeLinear. That is why rows are left out behind such a quantisation and not before it.
 */
function isRowless(decoder: Decoder, name: string, steps = MAX_STEPS, seen = new Map<string, boolean>()): boolean {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const found = looksRowless(decoder, name, steps, seen);
  // Looked at once, however many paths lead here.
  seen.set(name, found);
  return found;
}

function looksRowless(decoder: Decoder, name: string, steps: number, seen: Map<string, boolean>): boolean {
  const { graph, trace } = decoder;
  const dims = constantDims(graph, name);
  if (dims) return dims.slice(0, -1).every((dim) => dim === 1);
  const node = graph.nodes[trace.producer.get(name) ?? -1];
  if (!node || steps === 0) return false;
  if (node.opType === 'DynamicQuantizeLinear') return name !== node.outputs[0];
  const inputs = node.inputs.filter((input) => input !== '');
  return ELEMENTWISE.has(node.opType) && inputs.every((input) => isRowless(decoder, input, steps - 1, seen));
}

/** Whether some other node of the region would see the tensors that lose rows, by value or by shape. */
function hasOtherUsers({ graph }: Decoder, region: Region, behind: readonly string[]): boolean {
  const users = [...region.nodes].filter((index) => {
    const { inputs, captures } = graph.nodes[index]!;
    return behind.some((name) => inputs.includes(name) || captures.includes(name));
  });
  // Each but the logits has the one user that makes the next.
  return users.length !== behind.length - 1;
}
