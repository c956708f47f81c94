// Writes a decoder of a few dozen nodes with the traits under test, for tests alone: fused norms with bias, a mask made
// from the shapes of input_ids and of layer 0's cache, a tied embedding, a branch that captures outer tensors.
import { makeInt } from './make-node.ts';
import {
  floats,
  ints,
  makeIndices,
  makeTestModel,
  makeTestNode,
  makeWeight,
  type TestModel,
  type TestNode,
} from './make-test-model.ts';
import { bytesField, concatBytes, textField, varintField } from './protobuf-write.ts';

export const TINY = { layers: 3, hidden: 16, vocab: 40 } as const;

/** Traits that a test asks for. */
export interface TinyTraits {
  /** Three unless said. */
  layers?: number;
  opset?: number;
  /** The fused norm; `Skip...` has a bias, and LayerNormalization a shift. */
  norm?: 'SkipLayerNormalization' | 'SkipSimplifiedLayerNormalization';
  /** Attention's result passes an If whose branches capture it and a weight. */
  branch?: boolean;
  /** Every layer adds the embedding again: no single tensor carries the state. */
  reinjects?: boolean;
  /** The mask depends on which token a place holds. */
  masksTokenZero?: boolean;
  /** Replaces parts of the finished model. */
  edit?: (model: TestModel) => TestModel;
}

/** A ModelProto with `input_ids` and growing KV cache; plain causal attention with one head. */
export function makeTinyDecoder(traits: TinyTraits = {}): Uint8Array {
  const { hidden, vocab } = TINY;
  const { layers = TINY.layers } = traits;
  const { opset = 18, norm = 'SkipLayerNormalization', edit = (model) => model } = traits;
  const nodes: TestNode[] = [];
  const weights = [makeWeight('table', [vocab, hidden])];
  const add = (opType: string, inputs: string[], output: string, attributes: Uint8Array[] = []) => {
    nodes.push({ opType, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (name: string, ...values: number[]) => {
    weights.push(makeIndices(name, values));
    return name;
  };
  if (traits.branch) weights.push(makeCondition());
  addMask(add, constant, traits);
  let stream = add('Gather', ['table', 'input_ids'], 'embedding');
  let addend = '';
  for (let layer = 0; layer <= layers; layer++) {
    const own = (name: string) => `layers.${layer}.${name}`;
    const isFirst = layer === 0;
    const scales = [
      makeWeight(own('scale'), [hidden]),
      makeWeight(own('shift'), [hidden]),
      makeWeight(own('bias'), [hidden]),
    ];
    weights.push(
      ...(isFirst ? scales.slice(0, 2) : norm === 'SkipLayerNormalization' ? scales : [scales[0]!, scales[2]!]),
    );
    if (isFirst) add('LayerNormalization', [stream, own('scale'), own('shift')], own('normed'), [makeInt('axis', -1)]);
    else {
      const shift = norm === 'SkipLayerNormalization' ? [own('shift')] : [];
      const sum = layer === layers ? [] : ['', '', own('stream')];
      const inputs = [stream, addend, own('scale'), ...shift, own('bias')];
      nodes.push({ opType: norm, domain: 'com.microsoft', inputs, outputs: [own('normed'), ...sum] });
      stream = own('stream');
    }
    if (layer === layers) break;
    for (const name of ['wk', 'wv', 'wo']) weights.push(makeWeight(own(name), [hidden, hidden]));
    addend = addAttention(nodes, add, own, layer, traits);
  }
  add('Transpose', ['table'], 'head');
  add('MatMul', [`layers.${layers}.normed`, 'head'], 'logits');
  const cache = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
  return makeTestModel(
    edit({
      nodes,
      weights,
      opset,
      inputs: [
        ints('input_ids', 'batch', 'tokens'),
        ...cache.map((name) => floats(`past.${name}`, 'batch', 1, 'past', hidden)),
      ],
      outputs: [
        floats('logits', 'batch', 'tokens', vocab),
        ...cache.map((name) => floats(`present.${name}`, 'batch', 1, 'total', hidden)),
      ],
    }),
  );
}

type Add = (opType: string, inputs: string[], output: string, attributes?: Uint8Array[]) => string;

/** `mask` `[tokens, total]`: 0 where a place may look, else -1e4, all from shapes. */
function addMask(
  add: Add,
  constant: (name: string, ...values: number[]) => string,
  { masksTokenZero }: TinyTraits,
): void {
  const one = constant('one', 1);
  const scalar = (name: string, shape: string, axis: number) =>
    add('Squeeze', [add('Gather', [shape, constant(`${name}_axis`, axis)], `${name}_1d`)], name);
  const past = scalar('past_len', add('Shape', ['past.0.key'], 'past_shape'), 2);
  const tokens = scalar('token_len', add('Shape', ['input_ids'], 'tokens_shape'), 1);
  const total = add('Add', [past, tokens], 'total_len');
  const step = add('Squeeze', [one], 'step');
  const zero = add('Sub', [step, step], 'zero');
  const rows = add('Unsqueeze', [add('Range', [past, total, step], 'rows_1d'), one], 'rows');
  const columns = add('Range', [zero, total, step], 'columns');
  const late = add('Cast', [add('Less', [rows, columns], 'is_late')], 'late', [makeInt('to', 1)]);
  const mask = add(
    'Mul',
    [late, add('Cast', [constant('low', -10000)], 'low_float', [makeInt('to', 1)])],
    masksTokenZero ? 'causal' : 'mask',
  );
  if (!masksTokenZero) return;
  const first = add('Gather', ['input_ids', constant('first_place', 0)], 'first_token', [makeInt('axis', 1)]);
  add('Add', [mask, add('Cast', [first], 'first_float', [makeInt('to', 1)])], 'mask');
}

function addAttention(
  nodes: TestNode[],
  add: Add,
  own: (name: string) => string,
  layer: number,
  traits: TinyTraits,
): string {
  for (const [kind, weight] of [
    ['key', 'wk'],
    ['value', 'wv'],
  ] as const) {
    const made = add('Unsqueeze', [add('MatMul', [own('normed'), own(weight)], own(`${kind}_3d`)), 'one'], own(kind));
    add('Concat', [`past.${layer}.${kind}`, made], `present.${layer}.${kind}`, [makeInt('axis', 2)]);
  }
  const query = add('Unsqueeze', [own('normed'), 'one'], own('query'));
  const keys = add('Einsum', [query, `present.${layer}.key`], own('scores'), [equation('bhtd,bhsd->bhts')]);
  const shares = add('Softmax', [add('Add', [keys, 'mask'], own('masked'))], own('shares'), [makeInt('axis', -1)]);
  const mixed = add(
    'Squeeze',
    [add('MatMul', [shares, `present.${layer}.value`], own('mixed_4d')), 'one'],
    own('mixed'),
  );
  let result = add('MatMul', [mixed, own('wo')], own('attended'));
  if (traits.branch) {
    nodes.push(makeBranch(result, own('scale'), own('branched')));
    result = own('branched');
  }
  return traits.reinjects ? add('Add', [result, 'embedding'], own('reinjected')) : result;
}

function equation(text: string): Uint8Array {
  return concatBytes([textField(1, 'equation'), textField(4, text), varintField(20, 3)]);
}

/** `If(true) { value * weight } else { value }`: both come from outside the branches. */
function makeBranch(value: string, weight: string, output: string): TestNode {
  const branch = (name: string, node: TestNode) => {
    const graph = concatBytes([
      bytesField(1, makeTestNode(node)),
      textField(2, name),
      bytesField(12, floats(node.outputs[0]!, 'batch', 'tokens', TINY.hidden)),
    ]);
    return concatBytes([textField(1, name), bytesField(6, graph), varintField(20, 5)]);
  };
  const then = branch('then_branch', { opType: 'Mul', inputs: [value, weight], outputs: [`${output}/then`] });
  const otherwise = branch('else_branch', { opType: 'Identity', inputs: [value], outputs: [`${output}/else`] });
  return { opType: 'If', inputs: ['condition'], outputs: [output], attributes: [then, otherwise] };
}

/** A scalar true, for models with branches. */
function makeCondition(): Uint8Array {
  return concatBytes([varintField(2, 9), textField(8, 'condition'), bytesField(9, Uint8Array.of(1))]);
}
