// Rewrites where the tensors inside a node's subgraphs find their data. Everything else in the node stays as it was.
import { type Placement, placedTensor } from './lay-out-blobs.ts';
import type { OnnxNode, OnnxTensor } from './onnx-graph.ts';
import { rewriteMessage } from './protobuf-write.ts';
import { ATTRIBUTE, NODE } from './read-node.ts';
import { readTensor } from './read-tensor.ts';

/** The node with the external tensors of its subgraphs at their new places. */
export function placeNested(node: OnnxNode, places: Map<OnnxTensor, Placement>): Uint8Array {
  if (node.nested.length === 0) return node.bytes;
  // The tensors were read in the order of the bytes, and are met in that order again.
  const waiting = [...node.nested];
  return rewriteNode(node.bytes, (bytes) => {
    if (!readTensor(bytes).span) return bytes;
    const tensor = waiting.shift()!;
    return placedTensor(tensor, places.get(tensor));
  });
}

type TensorEdit = (bytes: Uint8Array) => Uint8Array;

function rewriteNode(bytes: Uint8Array, edit: TensorEdit): Uint8Array {
  const editGraph = (graph: Uint8Array) => rewriteMessage(graph, { 1: (node) => rewriteNode(node, edit), 5: edit });
  return rewriteMessage(bytes, {
    [NODE.attribute]: (attribute) =>
      rewriteMessage(attribute, {
        [ATTRIBUTE.tensor]: edit,
        [ATTRIBUTE.tensors]: edit,
        [ATTRIBUTE.graph]: editGraph,
        [ATTRIBUTE.graphs]: editGraph,
      }),
  });
}
