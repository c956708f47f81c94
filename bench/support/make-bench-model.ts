// A decoder with made-up weights in the layout of onnxruntime-genai's builder (int4 MatMulNBits, GroupQueryAttention with
// rotary inside), of any size: what a step costs does not depend on what the weights say. Seeded, so that runs repeat.

import { seededRandom } from '../../protocol/test-random.ts';
import { makeFloat, makeInt, makeValueInfo } from '../../shard-worker/onnx/make-node.ts';
import { makeIndices, makeTestModel, type TestNode } from '../../shard-worker/onnx/make-test-model.ts';
import { FLOAT32, INT32, INT64 } from '../../shard-worker/onnx/onnx-graph.ts';
import {
  bytesField,
  concatBytes,
  messageField,
  textField,
  varintField,
} from '../../shard-worker/onnx/protobuf-write.ts';
import { TENSOR } from '../../shard-worker/onnx/read-tensor.ts';

export interface BenchModelShape {
  layers: number;
  /** A multiple of 32, as are all widths that follow. */
  hidden: number;
  intermediate: number;
  /** Width of the last layer, where it is to cost more than the others. */
  lastIntermediate?: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  context: number;
  seed: number;
  /** Plain products of float32 in place of int4 ones: eight times the bytes, and nothing to unpack. */
  isFloat?: boolean;
}

export interface BenchModelFiles {
  config: Record<string, unknown>;
  graph: Uint8Array;
  /** The data file, in parts. */
  data: Uint8Array[];
}

/** Where the graph lies, and its weights. */
export const fileNames = ({ isFloat }: Pick<BenchModelShape, 'isFloat'>): { graph: string; data: string } => {
  const graph = isFloat ? 'model.onnx' : 'model_q4.onnx';
  return { graph, data: `${graph}_data` };
};
/** Values that share one scale. */
const BLOCK = 32;
const UINT8 = 2;
/** Spread of a nibble around its zero of 8. */
const NIBBLE_DEVIATION = 4.6;

/** Tensors that lie in the data file, one behind the other. */
class Weights {
  readonly data: Uint8Array[] = [];
  readonly tensors: Uint8Array[] = [];
  readonly #random: () => number;
  readonly #dataFile: string;
  #offset = 0;

  constructor(seed: number, dataFile: string) {
    this.#random = seededRandom(seed);
    this.#dataFile = dataFile;
  }

  /** `[rows, columns]` or `[count]`, made by `value`. */
  floats(name: string, dims: number[], value: (index: number, random: () => number) => number): string {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: count }, (_, index) => value(index, this.#random));
    return this.#add(name, FLOAT32, dims, new Uint8Array(values.buffer));
  }

  /** Nibbles at random: the bytes of `[rows, columns / 32, 16]`. */
  nibbles(name: string, rows: number, columns: number): string {
    const words = new Uint32Array((rows * columns) / 8);
    this.#fill(words.length, (at, word) => {
      words[at] = word;
    });
    return this.#add(name, UINT8, [rows, columns / BLOCK, BLOCK / 2], new Uint8Array(words.buffer));
  }

  /** `[inputs, outputs]`, even in distribution and of such a spread that a product is about as large as what goes in. */
  matrix(name: string, inputs: number, outputs: number): string {
    const values = new Float32Array(inputs * outputs);
    const most = Math.sqrt(3 / inputs);
    this.#fill(values.length, (at, word) => {
      values[at] = (word / 2 ** 31) * most;
    });
    return this.#add(name, FLOAT32, [inputs, outputs], new Uint8Array(values.buffer));
  }

  /** Xorshift (Marsaglia, 2003): millions of signed words must be quick. */
  #fill(count: number, put: (at: number, word: number) => void): void {
    let state = 1 + Math.floor(this.#random() * 0xffff_fff0);
    for (let at = 0; at < count; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      put(at, state);
    }
  }

  #add(name: string, type: number, dims: number[], bytes: Uint8Array): string {
    const entry = (key: string, value: string | number) =>
      messageField(TENSOR.external, textField(1, key), textField(2, String(value)));
    this.tensors.push(
      concatBytes([
        ...dims.map((dim) => varintField(TENSOR.dims, dim)),
        varintField(TENSOR.type, type),
        textField(TENSOR.name, name),
        entry('location', this.#dataFile),
        entry('offset', this.#offset),
        entry('length', bytes.byteLength),
        varintField(TENSOR.location, 1),
      ]),
    );
    this.data.push(bytes);
    this.#offset += bytes.byteLength;
    return name;
  }
}

export function makeBenchModel(shape: BenchModelShape): BenchModelFiles {
  const { layers, hidden, heads, kvHeads, headDim, vocab, context, seed } = shape;
  const weights = new Weights(seed, fileNames(shape).data);
  const nodes: TestNode[] = [];
  const add = (
    opType: string,
    inputs: string[],
    output: string,
    attributes: Uint8Array[] = [],
    domain = '',
  ): string => {
    nodes.push({ opType, inputs, outputs: [output], attributes, ...(domain ? { domain } : {}) });
    return output;
  };
  const linear = (input: string, name: string, columns: number, rows: number): string => {
    if (shape.isFloat)
      return add('MatMul', [input, weights.matrix(`${name}.weight`, columns, rows)], `${name}/output_0`);
    const matrix = weights.nibbles(`${name}.weight_Q4`, rows, columns);
    const scale = 1 / (NIBBLE_DEVIATION * Math.sqrt(columns));
    const scales = weights.floats(
      `${name}.weight_scales`,
      [rows, columns / BLOCK],
      (_, random) => scale * (0.5 + random()),
    );
    const sizes = { K: columns, N: rows, bits: 4, block_size: BLOCK, accuracy_level: 1 };
    const attributes = Object.entries(sizes).map(([key, value]) => makeInt(key, value));
    return add('MatMulNBits', [input, matrix, scales], `${name}/output_0`, attributes, 'com.microsoft');
  };
  const epsilon = makeFloat('epsilon', 1e-6);
  const normWeight = (name: string) => weights.floats(`${name}.weight`, [hidden], (_, random) => 0.9 + 0.2 * random());
  /** Gives the normed sum; the sum itself is `${name}/output_3`. */
  const skipNorm = (name: string, stream: string, addend: string, isLast = false): string => {
    const outputs = [`${name}/output_0`, '', '', ...(isLast ? [] : [`${name}/output_3`])];
    const inputs = [stream, addend, normWeight(name)];
    const domain = 'com.microsoft';
    nodes.push({ opType: 'SkipSimplifiedLayerNormalization', domain, inputs, outputs, attributes: [epsilon] });
    return outputs[0]!;
  };

  const [lengths, total] = addMask(add);
  const angle = (index: number) => {
    const [position, pair] = [Math.floor(index / (headDim / 2)), index % (headDim / 2)];
    return position / 10_000 ** ((2 * pair) / headDim);
  };
  const cos = weights.floats('cos_cache', [context, headDim / 2], (index) => Math.cos(angle(index)));
  const sin = weights.floats('sin_cache', [context, headDim / 2], (index) => Math.sin(angle(index)));
  const table = weights.floats('model.embed_tokens.weight', [vocab, hidden], (_, random) => 2 * random() - 1);
  let stream = add('Gather', [table, 'input_ids'], '/model/embed_tokens/Gather/output_0');
  let addend = '';
  for (let layer = 0; layer < layers; layer++) {
    const at = `/model/layers.${layer}`;
    let normed: string;
    if (layer === 0) {
      const inputs = [stream, normWeight(`${at}/input_layernorm`)];
      const attributes = [epsilon, makeInt('axis', -1), makeInt('stash_type', 1)];
      normed = add('SimplifiedLayerNormalization', inputs, `${at}/input_layernorm/output_0`, attributes);
    } else {
      normed = skipNorm(`${at}/input_layernorm`, stream, addend);
      stream = `${at}/input_layernorm/output_3`;
    }
    const packed = linear(normed, `${at}/attn/qkv_proj/MatMul`, hidden, (heads + 2 * kvHeads) * headDim);
    const past = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`];
    nodes.push({
      opType: 'GroupQueryAttention',
      domain: 'com.microsoft',
      inputs: [packed, '', '', ...past, lengths, total, cos, sin],
      outputs: [`${at}/attn/output_0`, `present.${layer}.key`, `present.${layer}.value`],
      attributes: [
        ...Object.entries({ num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 }).map(
          ([key, value]) => makeInt(key, value),
        ),
        makeInt('local_window_size', -1),
        makeFloat('scale', 1 / Math.sqrt(headDim)),
      ],
    });
    const attended = linear(`${at}/attn/output_0`, `${at}/attn/o_proj/MatMul`, heads * headDim, hidden);
    const post = skipNorm(`${at}/post_attention_layernorm`, stream, attended);
    stream = `${at}/post_attention_layernorm/output_3`;
    const intermediate = (layer === layers - 1 ? shape.lastIntermediate : undefined) ?? shape.intermediate;
    const gate = linear(post, `${at}/mlp/gate_proj/MatMul`, hidden, intermediate);
    const up = linear(post, `${at}/mlp/up_proj/MatMul`, hidden, intermediate);
    const opened = add('Mul', [gate, add('Sigmoid', [gate], `${at}/mlp/act/Sigmoid`)], `${at}/mlp/act/Mul`);
    const mixed = add('Mul', [opened, up], `${at}/mlp/Mul/output_0`);
    addend = linear(mixed, `${at}/mlp/down_proj/MatMul`, intermediate, hidden);
  }
  const last = skipNorm(`/model/layers.${layers}/final_norm_layernorm`, stream, addend, true);
  const logits = linear(last, '/lm_head/MatMul', hidden, vocab);
  add('Identity', [logits], 'logits');
  const cache = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  const graph = makeTestModel({
    nodes,
    weights: [...weights.tensors, ...constants()],
    inputs: [
      makeValueInfo('input_ids', INT64, ['batch_size', 'sequence_length']),
      makeValueInfo('attention_mask', INT64, ['batch_size', 'total_sequence_length']),
      ...cache.map((name) =>
        makeValueInfo(`past_key_values.${name}`, FLOAT32, ['batch_size', kvHeads, 'past_sequence_length', headDim]),
      ),
    ],
    outputs: [
      makeValueInfo('logits', FLOAT32, ['batch_size', 'sequence_length', vocab]),
      ...cache.map((name) =>
        makeValueInfo(`present.${name}`, FLOAT32, ['batch_size', kvHeads, 'total_sequence_length', headDim]),
      ),
    ],
  });
  return { config: configOf(shape), graph, data: weights.data };
}

const constants = (): Uint8Array[] => [makeIndices('one', [1]), makeScalar('one_scalar', 1)];

/** An int64 scalar in raw_data. */
function makeScalar(name: string, value: number): Uint8Array {
  const raw = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
  return concatBytes([varintField(TENSOR.type, INT64), textField(TENSOR.name, name), bytesField(TENSOR.rawData, raw)]);
}

type Add = (opType: string, inputs: string[], output: string, attributes?: Uint8Array[]) => string;

/** Length of each row but its last token, and of the longest, as GroupQueryAttention wants them. */
function addMask(add: Add): [string, string] {
  const toInt32 = makeInt('to', INT32);
  const sum = add('ReduceSum', ['attention_mask', 'one'], '/model/mask/ReduceSum', [makeInt('keepdims', 0)]);
  const lengths = add('Cast', [add('Sub', [sum, 'one'], '/model/mask/Sub')], '/model/mask/lengths', [toInt32]);
  const shape = add('Shape', ['attention_mask'], '/model/mask/Shape');
  const longest = add('Gather', [shape, 'one_scalar'], '/model/mask/Gather', [makeInt('axis', 0)]);
  return [lengths, add('Cast', [longest], '/model/mask/total', [toInt32])];
}

function configOf(shape: BenchModelShape): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: shape.hidden,
    intermediate_size: shape.intermediate,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headDim,
    vocab_size: shape.vocab,
    max_position_embeddings: shape.context,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    tie_word_embeddings: false,
    eos_token_id: 0,
  };
}
