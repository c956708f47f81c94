// Finds the KV cache among a graph's inputs and outputs by the names that exporters give them.
import { PoolError } from '../../protocol/errors.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** The KV cache tensors of one layer: `[batch, kv_heads, tokens, head_dim]` each. */
export interface KvPorts {
  layer: number;
  keyIn: string;
  valueIn: string;
  keyOut: string;
  valueOut: string;
}

/** Layers of the deepest decoders published are below 200. */
const MAX_LAYERS = 1024;

/**
 * Parses a port name: `past_key_values.3.key`, `past.3.value`, `past_key_3`, `past_3_key`, `present.3.decoder.key`,
 * `present_key_values_3_value` and their like.
 */
export function parseKvName(
  name: string,
): { side: 'past' | 'present'; layer: number; kind: 'key' | 'value' } | undefined {
  const prefix = /^(past|present)(?:_key_values?|_kv)?[._]/.exec(name);
  if (!prefix) return undefined;
  const tokens = name.slice(prefix[0].length).split(/[._]/);
  const layers = tokens.filter((token) => /^\d{1,4}$/.test(token));
  const kinds = tokens.filter((token) => /^(?:key|value|k|v)$/.test(token));
  // An encoder's cross-attention cache is no part of a decoder-only layer.
  if (layers.length !== 1 || kinds.length !== 1 || tokens.includes('encoder') || tokens.includes('cross'))
    return undefined;
  const kind = kinds[0] === 'key' || kinds[0] === 'k' ? 'key' : 'value';
  return { side: prefix[1] as 'past' | 'present', layer: Number(layers[0]), kind };
}

/** The KV ports of every layer, in order. @throws PoolError `model-unsupported` when a layer's set is not whole. */
export function findKvPorts(graph: OnnxGraph): KvPorts[] {
  const byLayer = new Map<number, Partial<KvPorts>>();
  for (const { name } of [...graph.inputs, ...graph.outputs]) {
    const port = parseKvName(name);
    if (!port) continue;
    const entry = byLayer.get(port.layer) ?? {};
    entry[`${port.kind}${port.side === 'past' ? 'In' : 'Out'}`] = name;
    byLayer.set(port.layer, entry);
  }
  if (byLayer.size === 0)
    throw new PoolError('model-unsupported', 'The model has no past_key_values: it is no decoder with a KV cache.');
  if (byLayer.size > MAX_LAYERS) throw new PoolError('model-unsupported', `The model claims ${byLayer.size} layers.`);
  return Array.from({ length: byLayer.size }, (_, layer) => {
    const { keyIn, valueIn, keyOut, valueOut } = byLayer.get(layer) ?? {};
    if (!keyIn || !valueIn || !keyOut || !valueOut) {
      throw new PoolError('model-unsupported', `Layer ${layer} of the model lacks a past or present key or value.`);
    }
    return { layer, keyIn, valueIn, keyOut, valueOut };
  });
}
