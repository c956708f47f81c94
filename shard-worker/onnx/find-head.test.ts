// Which logits can do with fewer rows, and that those which cannot are still given by row.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { findHead } from './find-head.ts';
import type { FixtureModel } from './fixture-models.ts';
import { makeInt } from './make-node.ts';
import { floats, makeIndices, makeWeight, type TestModel, type TestNode } from './make-test-model.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import { bytesField, concatBytes, textField, varintField } from './protobuf-write.ts';
import { readDecoder } from './read-decoder.ts';
import { readGraph } from './read-graph.ts';
import { TENSOR } from './read-tensor.ts';
import { greatestDifference, loadSlice, SliceChain } from './run-slices.ts';
import { selectRegion } from './select-region.ts';
import { sliceGraph } from './slice-graph.ts';

const NORMED = `layers.${TINY.layers}.normed`;
const TOKENS = [3, 17, 0, 9, 22];
const ROWS = [1, 4];

const node = (opType: string, inputs: string[], ...outputs: string[]): TestNode => ({ opType, inputs, outputs });
const shape = (name: string, ...dims: number[]) => makeIndices(name, dims);
/** Weights of 8 bits, as q8 exports have them. */
const makeBytes = (name: string, [rows, columns]: [number, number]) =>
  concatBytes([
    varintField(TENSOR.dims, rows),
    varintField(TENSOR.dims, columns),
    varintField(TENSOR.type, 2),
    textField(TENSOR.name, name),
    bytesField(
      TENSOR.rawData,
      Uint8Array.from({ length: rows * columns }, (_, at) => (at * 97) % 251),
    ),
  ]);
const product = node('MatMul', [NORMED, 'head'], 'raw');

/** A decoder whose last product is replaced by `nodes`. */
function ending(nodes: TestNode[], weights: Uint8Array[] = [], change: (model: TestModel) => TestModel = (m) => m) {
  return makeTinyDecoder({
    edit: (model) =>
      change({
        ...model,
        nodes: [...model.nodes.filter(({ outputs }) => outputs[0] !== 'logits'), ...nodes],
        weights: [...(model.weights ?? []), ...weights],
      }),
  });
}

async function read(bytes: Uint8Array) {
  const graph = await readGraph(memorySource(bytes));
  const decoder = readDecoder(graph);
  const { layers } = TINY;
  const region = selectRegion(decoder, { from: decoder.cuts.before[1]!, layers: { start: 1, end: layers } });
  return { graph, head: findHead(decoder, region) };
}

const scales = [makeWeight('scale', [1]), makeWeight('bias', [TINY.vocab]), makeWeight('row', [1, TINY.vocab])];
const found: [string, Uint8Array, string[]][] = [
  ['a transposed tied matrix', makeTinyDecoder(), ['logits']],
  [
    'bias, softcap and scale behind it',
    ending(
      [
        product,
        node('Add', ['bias', 'raw'], 'biased'),
        node('Div', ['biased', 'scale'], 'shrunk'),
        node('Tanh', ['shrunk'], 'capped'),
        node('Mul', ['capped', 'scale'], 'high'),
        node('Add', ['high', 'row'], 'logits'),
      ],
      scales,
    ),
    ['logits', 'high', 'capped', 'shrunk', 'biased', 'raw'],
  ],
];
const quantised: Uint8Array = ending(
  [
    node('DynamicQuantizeLinear', [NORMED], 'q', 'q_scale', 'q_zero'),
    node('MatMulInteger', ['q', 'w', 'q_zero'], 'whole'),
    { opType: 'Cast', inputs: ['whole'], outputs: ['wide'], attributes: [makeInt('to', 1)] },
    node('Mul', ['q_scale', 'w_scale'], 'both_scales'),
    node('Mul', ['wide', 'both_scales'], 'logits'),
  ],
  [makeWeight('w_scale', [1]), makeBytes('w', [TINY.hidden, TINY.vocab])],
);
const refused: [string, Uint8Array][] = [
  [
    'logits that are reshaped',
    ending(
      [
        node('Reshape', [NORMED, 'flat'], 'rank2'),
        node('MatMul', ['rank2', 'head'], 'raw'),
        node('Reshape', ['raw', 'deep'], 'logits'),
      ],
      [shape('flat', -1, TINY.hidden), shape('deep', 1, -1, TINY.vocab)],
    ),
  ],
  [
    'logits to which every token adds its own',
    ending([product, node('Add', ['raw', 'other'], 'logits'), node('MatMul', [NORMED, 'head'], 'other')]),
  ],
  [
    'a product over all of which a scale is taken',
    ending([
      product,
      node('DynamicQuantizeLinear', ['raw'], 'raw_q', 'raw_scale', 'raw_zero'),
      node('Mul', ['raw', 'raw_scale'], 'logits'),
    ]),
  ],
];

describe.each(found)('%s', (_, bytes, behind) => {
  it('is found', async () => {
    const { head } = await read(bytes);
    expect(head).toMatchObject({ data: NORMED, behind });
  });
});

it('a quantised head loses rows behind the quantisation, whose scale is taken over all', async () => {
  const { graph, head } = await read(quantised);
  expect(graph.nodes[head?.node ?? -1]?.opType).toBe('MatMulInteger');
  expect(head).toMatchObject({ data: 'q', behind: ['logits', 'wide', 'whole'] });
});

it.each(refused)('%s have no such place', async (_, bytes) => {
  expect((await read(bytes)).head).toBeUndefined();
});

const endings = [
  ...found.map(([name, bytes]): [string, Uint8Array] => [name, bytes]),
  ['quantised', quantised],
  ...refused,
] as [string, Uint8Array][];

it.each(endings)('%s: rows equal those of the whole', async (_, bytes) => {
  const fixture = { kvHeads: 1, headDim: TINY.hidden, file: () => bytes } as unknown as FixtureModel;
  const { graph } = await read(bytes);
  const range = { start: 0, end: TINY.layers };
  const whole = await new SliceChain(fixture, [await loadSlice(fixture, sliceGraph(graph, range, { topK: 0 }))]).feed(
    TOKENS,
  );
  const slice = await loadSlice(fixture, sliceGraph(graph, range, { topK: 4 }));
  const some = await new SliceChain(fixture, [slice]).feed(TOKENS, 1, ROWS);
  const rowsOf = ROWS.flatMap((row) => [...whole.logits.subarray(row * TINY.vocab, (row + 1) * TINY.vocab)]);
  expect(greatestDifference(some.logits, Float32Array.from(rowsOf))).toBeLessThan(1e-5);
  expect(some.topValues).toHaveLength(ROWS.length * 4);
  expect(some.logSumExp).toHaveLength(ROWS.length);
});

it('a model with its own pick of rows keeps it', async () => {
  const bytes = ending(
    [
      node('Neg', ['num_logits_to_keep'], 'first'),
      { ...node('Slice', [NORMED, 'first', 'last', 'axis'], 'kept') },
      node('MatMul', ['kept', 'head'], 'logits'),
    ],
    [shape('last', Number.MAX_SAFE_INTEGER), shape('axis', 1)],
    (model) => ({ ...model, inputs: [...model.inputs, floats('num_logits_to_keep', 1)] }),
  );
  const { graph } = await read(bytes);
  const names = sliceGraph(graph, { start: 1, end: TINY.layers }).inputs.map((input) => input.name);
  expect(names).toContain('num_logits_to_keep');
  expect(names).not.toContain('logit_rows');
});
