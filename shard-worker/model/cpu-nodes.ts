// Which nodes of a graph are kept off the GPU: the ones that turn positions into rotary cosines and sines, in exports
// that compute them at run time. WGSL promises sin and cos to 2^-11 within ±π and nothing beyond (W3C WGSL, section
// 15.7.4), so angles of later positions cost three digits of the logits there; the CPU computes them to the last bit.
import type { OnnxGraph } from '../onnx/onnx-graph.ts';

const INEXACT_ON_GPU = new Set(['Cos', 'Sin']);

/** Names of such nodes and of all they are computed from, so that no value goes to the GPU and back on the way. */
export function cpuNodeNames(graph: OnnxGraph): string[] {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const found = new Set(graph.nodes.filter((node) => INEXACT_ON_GPU.has(node.opType)));
  for (const node of found) {
    for (const input of node.inputs) {
      const producer = producers.get(input);
      if (producer) found.add(producer);
    }
  }
  return [...found].map((node) => node.name).filter((name) => name !== '');
}
