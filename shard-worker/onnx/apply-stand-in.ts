// Rewrites a Shape, Size or CastLike node so that it reads a tensor of the slice. Owns the rewriting, not the choice.
import { makeInt64Tensor, makeNode } from './make-node.ts';
import type { OnnxNode, OnnxTensor } from './onnx-graph.ts';
import { rewriteMessage } from './protobuf-write.ts';
import { intAttribute, NODE } from './read-node.ts';
import type { StandIn } from './stand-in.ts';
import { metadataInputs } from './trace-values.ts';

const encoder = new TextEncoder();

/** What takes the node's place: nodes in order, and constants that they use (or that replace the node). */
export interface Replacement {
  nodes: Uint8Array[];
  constants: OnnxTensor[];
}

/** Makes the replacement of a node that reads only the shape (or type) of a tensor outside the slice. */
export function applyStandIn(node: OnnxNode, standIn: StandIn): Replacement {
  const output = node.outputs[0]!;
  if (standIn.kind === 'same')
    return { nodes: [rewire(node, metadataInputs(node)[0]!, standIn.tensor)], constants: [] };
  if (standIn.kind === 'dims') {
    const { dims } = standIn;
    const value =
      node.opType === 'Size'
        ? dims.reduce((product, dim) => product * dim, 1)
        : pickAxes(node, dims.length).map((at) => dims[at]!);
    return { nodes: [], constants: [makeInt64Tensor(output, value)] };
  }
  // input_ids is [batch, tokens]: of the hidden state's shape, pick what the node would have given.
  const [shape, axes] = [`${output}/hidden_shape`, `${output}/axes`];
  return {
    nodes: [
      makeNode({ opType: 'Shape', inputs: [standIn.tensor], outputs: [shape] }),
      makeNode({ opType: 'Gather', inputs: [shape, axes], outputs: [output] }),
    ],
    constants: [makeInt64Tensor(axes, pickAxes(node, 2))],
  };
}

/** The axes that a Shape node of a tensor of that rank lists; `start` and `end` came with opset 15. */
function pickAxes(node: OnnxNode, rank: number): number[] {
  const clamp = (axis: number) => Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  const start = clamp(intAttribute(node, 'start') ?? 0);
  const end = clamp(intAttribute(node, 'end') ?? rank);
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

/** The node with one input renamed; every other byte stays. */
export function rewire(node: OnnxNode, position: number, name: string): Uint8Array {
  let at = 0;
  return rewriteMessage(node.bytes, { [NODE.input]: (value) => (at++ === position ? encoder.encode(name) : value) });
}
