// Follows values through the graph: who makes a tensor, what depends on the tokens, how deep in the layers it is.
// Shapes are not values: `Shape(x)` tells nothing of what x holds, and following it would tie every mask to every layer.
import { PoolError } from '../../protocol/errors.ts';
import type { KvPorts } from './kv-ports.ts';
import type { OnnxGraph, OnnxNode } from './onnx-graph.ts';
import { malformed } from './protobuf-read.ts';

/** What follows from the graph's edges. Nodes are named by their index in `graph.nodes`. */
export interface ValueTrace {
  /** The node that makes a tensor. */
  producer: Map<string, number>;
  /** Every node, makers before users; the file's own order where that is one. */
  order: number[];
  /** Whether a node depends by value on the tokens: the main stream, against masks, positions and tables. */
  main: boolean[];
  /** The highest layer whose past a node depends on by value; -1 for none. */
  level: number[];
}

/** The name of the input that starts the main stream. */
export const TOKENS_INPUT = 'input_ids';

/** Positions of a node's inputs of which only shape or type matters. */
export function metadataInputs(node: OnnxNode): readonly number[] {
  if (node.domain !== '') return [];
  if (node.opType === 'Shape' || node.opType === 'Size') return [0];
  return node.opType === 'CastLike' ? [1] : [];
}

/** Names of the tensors whose values a node uses, those that its subgraphs capture included. */
export function valueInputs(node: OnnxNode): string[] {
  const metadata = metadataInputs(node);
  const inputs = metadata.length === 0 ? node.inputs : node.inputs.filter((_, index) => !metadata.includes(index));
  return [...inputs, ...node.captures].filter((name) => name !== '');
}

/** Traces a graph. @throws PoolError `model-unsupported` when it is no decoder over `input_ids`, or no valid graph. */
export function traceValues(graph: OnnxGraph, kv: readonly KvPorts[]): ValueTrace {
  if (!graph.inputs.some((input) => input.name === TOKENS_INPUT)) {
    throw new PoolError('model-unsupported', `The model takes no ${TOKENS_INPUT}: it is no decoder over tokens.`);
  }
  const producer = findProducers(graph);
  const order = sortNodes(graph, producer);
  const main = graph.nodes.map(() => false);
  const level = graph.nodes.map(() => -1);
  const levelOfInput = new Map<string, number>();
  for (const { layer, keyIn, valueIn } of kv) levelOfInput.set(keyIn, layer).set(valueIn, layer);
  for (const index of order) {
    for (const name of valueInputs(graph.nodes[index]!)) {
      const from = producer.get(name);
      const inputLevel = from === undefined ? (levelOfInput.get(name) ?? -1) : level[from]!;
      level[index] = Math.max(level[index]!, inputLevel);
      if (name === TOKENS_INPUT || (from !== undefined && main[from])) main[index] = true;
    }
  }
  return { producer, order, main, level };
}

function findProducers(graph: OnnxGraph): Map<string, number> {
  const producer = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (producer.has(name) || graph.initializers.has(name)) throw malformed(`tensor ${name} is made twice`);
      producer.set(name, index);
    }
  }
  return producer;
}

/** Depth-first order from the file's own: unchanged when that is already sorted. */
function sortNodes(graph: OnnxGraph, producer: Map<string, number>): number[] {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const makers = graph.nodes.map((node) =>
    [...node.inputs, ...node.captures].flatMap((name) => {
      const maker = producer.get(name);
      const isKnown = maker !== undefined || name === '' || inputs.has(name) || graph.initializers.has(name);
      if (!isKnown) throw malformed(`tensor ${name} comes from nowhere`);
      return maker ?? [];
    }),
  );
  const order: number[] = [];
  const state = new Uint8Array(graph.nodes.length); // 1: being visited, 2: placed
  for (let root = 0; root < graph.nodes.length; root++) {
    const stack = [root];
    while (stack.length > 0) {
      const index = stack.at(-1)!;
      const waiting = state[index] === 0 ? makers[index]!.filter((maker) => state[maker] !== 2) : [];
      if (state[index] === 0) state[index] = 1;
      if (waiting.some((maker) => state[maker] === 1)) throw malformed('its nodes form a circle');
      if (waiting.length > 0) {
        for (const maker of waiting) stack.push(maker);
        continue;
      }
      stack.pop();
      if (state[index] !== 2) order.push(index);
      state[index] = 2;
    }
  }
  return order;
}
