// Whether a graph's attention updates its cache in place on WebGPU: so does onnxruntime's GroupQueryAttention when past
// and present are one buffer. Plain exports concatenate, and need a new buffer at each step.
import type { KvPorts } from '../onnx/kv-ports.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';

const IN_PLACE_OPERATORS = new Set(['GroupQueryAttention']);

export function hasFusedAttention(graph: OnnxGraph, kv: readonly KvPorts[]): boolean {
  const pastNames = new Set(kv.flatMap((port) => [port.keyIn, port.valueIn]));
  const readers = graph.nodes.filter((node) => node.inputs.some((input) => pastNames.has(input)));
  return readers.length > 0 && readers.every((node) => IN_PLACE_OPERATORS.has(node.opType));
}
