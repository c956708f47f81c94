// Which layers of a model differ in their attention: all but a few models have one kind, some have windows on most layers
// and none on every sixth. Kinds are told apart by what the node that reads keys and values says of itself; where several
// nodes do its work, windows are in the mask and the nodes are the same.
import type { KvPorts } from './kv-ports.ts';
import type { OnnxGraph, OnnxNode } from './onnx-graph.ts';
import { fieldsOf, payload } from './protobuf-read.ts';
import { NODE } from './read-node.ts';

/** One layer of each kind, by number: an inner one where there is one, since it has neither embedding nor head. */
export function attentionKinds(graph: OnnxGraph, kv: readonly KvPorts[]): number[] {
  const last = kv.length - 1;
  const inner = kv.map((_, layer) => layer).filter((layer) => layer > 0 && layer < last);
  const kinds = new Map<string, number>();
  for (const layer of new Set([...inner, 0, last])) {
    const { keyIn, valueIn } = kv[layer]!;
    const fused = graph.nodes.filter(({ inputs }) => inputs.includes(keyIn) && inputs.includes(valueIn));
    const kind = fused.map(describeNode).join(';');
    if (!kinds.has(kind)) kinds.set(kind, layer);
  }
  return [...kinds.values()];
}

function describeNode({ opType, bytes }: OnnxNode): string {
  const attributes = [...fieldsOf(bytes)]
    .filter(({ number }) => number === NODE.attribute)
    .map((field) => payload(bytes, field).join());
  return [opType, ...attributes.sort()].join(' ');
}
