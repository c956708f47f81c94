// Assigns every weight to the blob that it is fetched with: one per layer, `embedding`, `head`, `tied` (both ends use
// it) and `shared` (several layers use it, or it is a rotary table). The assignment depends on the model alone, so that
// a layer's blob is the same bytes in every slice and can be cached once.
import type { OnnxTensor } from './onnx-graph.ts';
import type { Decoder } from './read-decoder.ts';
import { type Region, selectRegion } from './select-region.ts';
import { findRotaryTables } from './trim-rotary-tables.ts';

/** Names of blobs that are no layer's. */
export const EMBEDDING = 'embedding';
export const HEAD = 'head';
export const TIED = 'tied';
export const SHARED = 'shared';

export function layerGroup(layer: number): string {
  return `layer-${layer}`;
}

const groupings = new WeakMap<Decoder, Map<OnnxTensor, string>>();

/** The blob of each tensor whose data lies outside the graph's structure. */
export function groupWeights(decoder: Decoder): Map<OnnxTensor, string> {
  const known = groupings.get(decoder);
  if (known) return known;
  const { before, head } = decoder.cuts;
  const layers = decoder.kv.length;
  const groups = new Map<OnnxTensor, string>();
  for (const [layer, from] of before.entries()) {
    const own = selectRegion(decoder, {
      from,
      to: before[layer + 1] ?? head,
      layers: { start: layer, end: layer + 1 },
    });
    for (const tensor of weightsOf(decoder, own)) groups.set(tensor, groups.has(tensor) ? SHARED : layerGroup(layer));
  }
  // The ends are selected together with the layer that always goes with them, and what that layer uses taken off.
  const first = selectRegion(decoder, { to: before[1] ?? head, layers: { start: 0, end: 1 } });
  const last = selectRegion(decoder, { from: before.at(-1)!, layers: { start: layers - 1, end: layers } });
  for (const tensor of weightsOf(decoder, first)) if (!groups.has(tensor)) groups.set(tensor, EMBEDDING);
  for (const tensor of weightsOf(decoder, last)) {
    const group = groups.get(tensor);
    if (group === undefined) groups.set(tensor, HEAD);
    else if (group === EMBEDDING) groups.set(tensor, TIED);
    else if (group !== layerGroup(layers - 1)) groups.set(tensor, SHARED);
  }
  for (const tensor of weightsOf(decoder, first)) {
    const group = groups.get(tensor);
    const isAtHome = group === layerGroup(0) || group === EMBEDDING || group === TIED || group === SHARED;
    if (!isAtHome) groups.set(tensor, SHARED);
  }
  // A table is cut to a stage's context, so it must not make a layer's blob differ from stage to stage.
  for (const name of findRotaryTables(decoder.graph)) {
    const table = decoder.graph.initializers.get(name)!;
    if (groups.has(table)) groups.set(table, SHARED);
  }
  groupings.set(decoder, groups);
  return groups;
}

/** Tensors of a region whose data must be fetched: initializers, and those inside subgraphs. */
export function weightsOf({ graph }: Decoder, region: Region): OnnxTensor[] {
  const tensors = [...region.initializers].map((name) => graph.initializers.get(name)!);
  for (const index of region.nodes) tensors.push(...graph.nodes[index]!.nested);
  return tensors.filter((tensor) => tensor.span !== undefined);
}
