// Says what a decoder is and costs, for planners, probes and pages. Reads the graph; never changes it.
import { PoolError } from '../../protocol/errors.ts';
import { EMBEDDING, groupWeights, HEAD, layerGroup, SHARED, TIED } from './group-weights.ts';
import { lastDim } from './infer-tensor.ts';
import type { KvPorts } from './kv-ports.ts';
import type { OnnxGraph, OnnxNode } from './onnx-graph.ts';
import { type Decoder, readDecoder, typeName } from './read-decoder.ts';
import { intAttribute } from './read-node.ts';
import type { SlicePort } from './slice-graph.ts';
import { TOKENS_INPUT } from './trace-values.ts';

/** Types that a hidden state or KV cache may have. */
export type FloatType = 'float32' | 'float16';

/** A decoder as the rest of the network knows it. */
export interface DecoderDescription {
  layers: number;
  hiddenSize: number;
  /** Type of the hidden state between stages. */
  activation: FloatType;
  kvHeads: number;
  headDim: number;
  kvType: FloatType;
  vocabSize: number;
  /** The whole model's inputs. */
  inputs: SlicePort[];
  kv: KvPorts[];
  /** The model takes `attention_mask` `[batch, past + tokens]`. */
  needsAttentionMask: boolean;
  /** The model takes `position_ids` `[batch, tokens]`. */
  needsPositionIds: boolean;
  /** Inputs besides tokens, mask, positions and KV cache, which a stage must know how to fill. */
  otherInputs: string[];
  /** Bytes of each layer's own weights. */
  layerBytes: number[];
  /** Bytes that the entry needs besides its layers, `tiedBytes` included. */
  embeddingBytes: number;
  /** Bytes that the exit needs besides its layers, `tiedBytes` included. */
  headBytes: number;
  /** Bytes that both ends need (a tied embedding): a solo stage holds them once. */
  tiedBytes: number;
  /** Bytes that several layers need, such as rotary tables, before these are cut to a context. */
  sharedBytes: number;
}

const ATTENTION_MASK = 'attention_mask';
const POSITION_IDS = 'position_ids';

/**
 * Describes a decoder.
 *
 * @throws PoolError `model-unsupported` when the graph is no decoder with a KV cache, or cannot be cut at every layer.
 */
export function describeDecoder(graph: OnnxGraph): DecoderDescription {
  const decoder = readDecoder(graph);
  const { kv, cuts } = decoder;
  // Nothing is ever sent before layer 0, where a model may still hold another type.
  const crossings = cuts.before.length > 1 ? cuts.before.slice(1) : cuts.before;
  const activations = new Set(crossings.map((cut) => floatType(cut.type, 'hidden state')));
  if (activations.size > 1)
    throw new PoolError('model-unsupported', 'The hidden state changes its type between layers.');
  const past = graph.inputs.find((input) => input.name === kv[0]!.keyIn)!;
  const kvNames = new Set(kv.flatMap((port) => [port.keyIn, port.valueIn]));
  const known = new Set([TOKENS_INPUT, ATTENTION_MASK, POSITION_IDS, ...kvNames]);
  const has = (name: string) => graph.inputs.some((input) => input.name === name);
  const heads = attentionHeads(decoder);
  const bytes = groupBytes(decoder);
  const of = (group: string) => bytes.get(group) ?? 0;
  return {
    layers: kv.length,
    hiddenSize: decoder.hiddenSize,
    activation: [...activations][0]!,
    ...heads,
    kvType: floatType(past.type, 'KV cache'),
    vocabSize: decoder.vocabSize,
    inputs: graph.inputs.map(({ name, type, dims }) => ({ name, type: typeName(type), dims: dims ?? [] })),
    kv,
    needsAttentionMask: has(ATTENTION_MASK),
    needsPositionIds: has(POSITION_IDS),
    otherInputs: graph.inputs.map((input) => input.name).filter((name) => !known.has(name)),
    layerBytes: kv.map(({ layer }) => of(layerGroup(layer))),
    embeddingBytes: of(EMBEDDING) + of(TIED),
    headBytes: of(HEAD) + of(TIED),
    tiedBytes: of(TIED),
    sharedBytes: of(SHARED),
  };
}

function floatType(type: number, what: string): FloatType {
  const name = typeName(type || -1);
  if (name === 'float32' || name === 'float16') return name;
  throw new PoolError('model-unsupported', `The model's ${what} is ${name}, not float32 or float16.`);
}

/** Bytes by group; two names of the same bytes count once. */
function groupBytes(decoder: Decoder): Map<string, number> {
  const sums = new Map<string, number>();
  const counted = new Set<string>();
  for (const [tensor, group] of groupWeights(decoder)) {
    const { file, offset, length } = tensor.span!;
    const key = `${group}\n${file}\n${offset}\n${length}`;
    if (!counted.has(key)) sums.set(group, (sums.get(group) ?? 0) + length);
    counted.add(key);
  }
  return sums;
}

/** Heads and head size of the cache, from its ports or, where these are symbolic, from the attention operator. */
function attentionHeads({ graph, kv }: Decoder): { kvHeads: number; headDim: number } {
  const past = graph.inputs.find((input) => input.name === kv[0]!.keyIn)!;
  const attention = graph.nodes.find(
    (node) => node.inputs.includes(past.name) && node.opType === 'GroupQueryAttention',
  );
  const kvHeads = sizeAt(past.dims, 1) ?? (attention && intAttribute(attention, 'kv_num_heads'));
  const headDim = sizeAt(past.dims, 3) ?? (attention && fusedHeadDim(graph, attention));
  if (!kvHeads || !headDim)
    throw new PoolError('model-unsupported', 'The graph does not tell the size of its KV cache.');
  return { kvHeads, headDim };
}

function sizeAt(dims: (number | string)[] | undefined, axis: number): number | undefined {
  const dim = dims?.[axis];
  return typeof dim === 'number' && dim > 0 ? dim : undefined;
}

/** Query, key and value come apart, or packed side by side in the first input. */
function fusedHeadDim(graph: OnnxGraph, node: OnnxNode): number | undefined {
  const kvHeads = intAttribute(node, 'kv_num_heads') ?? 0;
  const isPacked = !node.inputs[1];
  const heads = isPacked ? (intAttribute(node, 'num_heads') ?? 0) + 2 * kvHeads : kvHeads;
  const width = lastDim(graph, node.inputs[isPacked ? 0 : 1] ?? '');
  return width !== undefined && heads > 0 ? width / heads : undefined;
}
