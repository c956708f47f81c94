// Decides which cos and sin tables may be cut to the context that a stage serves: a table of 40,960 positions costs
// 20 MB that a 4,096-token stage never reads.
import type { OnnxGraph } from './onnx-graph.ts';
import { valueInputs } from './trace-values.ts';

/** Input positions of cos and sin tables, by operator: onnxruntime/docs/ContribOperators.md. */
const TABLE_INPUTS: Readonly<Record<string, readonly number[]>> = {
  'com.microsoft:GroupQueryAttention': [7, 8],
  'com.microsoft:RotaryEmbedding': [2, 3],
  ':RotaryEmbedding': [1, 2],
};

const tables = new WeakMap<OnnxGraph, Set<string>>();

/** Names of two-dimensional weights `[positions, dim]` that nothing but rotary embeddings use. */
export function findRotaryTables(graph: OnnxGraph): Set<string> {
  const known = tables.get(graph);
  if (known) return known;
  const found = new Set<string>();
  const refused = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes) {
    const positions = TABLE_INPUTS[`${node.domain}:${node.opType}`] ?? [];
    for (const name of valueInputs(node)) {
      const isTable = positions.includes(node.inputs.indexOf(name)) && graph.initializers.get(name)?.dims.length === 2;
      if (isTable) found.add(name);
      else refused.add(name);
    }
  }
  for (const name of refused) found.delete(name);
  tables.set(graph, found);
  return found;
}

/** Rows of a table to keep. */
export function keptRows(rows: number, maxContext: number | undefined): number {
  return maxContext === undefined ? rows : Math.min(rows, maxContext);
}
