// Where exporters read shapes: each detour is written into a hand-made decoder, whose slices must then still compute
// what the plain one does, and still ask for their own layers' bytes alone.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import type { FixtureModel } from './fixture-models.ts';
import { makeFloat, makeInt } from './make-node.ts';
import { makeIndices, type TestModel, type TestNode } from './make-test-model.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import { readGraph } from './read-graph.ts';
import { greatestDifference, loadSlice, loadWhole, SliceChain } from './run-slices.ts';
import { sliceGraph } from './slice-graph.ts';

const TOKENS = [5, 33, 2, 18];
const FLOAT = makeInt('to', 1);

const plain = (opType: string, inputs: string[], output: string, ...attributes: Uint8Array[]): TestNode => ({
  opType,
  inputs,
  outputs: [output],
  attributes,
});

/** Puts nodes in the place of the one that makes `output`. */
const instead =
  (output: string, ...nodes: TestNode[]) =>
  (model: TestModel): TestModel => ({
    ...model,
    nodes: model.nodes.flatMap((node) => (node.outputs[0] === output ? nodes : [node])),
    weights: [
      ...model.weights!,
      makeIndices('flat_target', [0, -1]),
      makeIndices('view_head', [-1]),
      makeIndices('last', [1]),
    ],
  });

/** `view(-1, tokens)`, as older exports flatten the tokens. */
const viewed = [
  plain('Shape', ['input_ids'], 'ids_shape'),
  plain('Gather', ['ids_shape', 'last'], 'ids_length'),
  plain('Concat', ['view_head', 'ids_length'], 'view_target', makeInt('axis', 0)),
  plain('Reshape', ['input_ids', 'view_target'], 'flat'),
];

/** Layer 1's fused norm, written out. */
const unfuse = instead(
  'layers.1.normed',
  plain('Add', ['embedding', 'layers.0.attended'], 'sum'),
  plain('Add', ['layers.1.bias', 'sum'], 'layers.1.stream'),
  plain(
    'LayerNormalization',
    ['layers.1.stream', 'layers.1.scale', 'layers.1.shift'],
    'layers.1.normed',
    makeFloat('epsilon', 1e-12),
  ),
);

const DETOURS: [string, (model: TestModel) => TestModel][] = [
  ['the embedding', instead('tokens_shape', plain('Shape', ['embedding'], 'tokens_shape'))],
  ['a norm of it', instead('tokens_shape', plain('Shape', ['layers.0.normed'], 'tokens_shape'))],
  [
    'flattened tokens',
    instead(
      'tokens_shape',
      plain('Reshape', ['input_ids', 'flat_target'], 'flat'),
      plain('Shape', ['flat'], 'tokens_shape'),
    ),
  ],
  ['viewed tokens', instead('tokens_shape', ...viewed, plain('Shape', ['flat'], 'tokens_shape'))],
  [
    'a cast cache',
    instead('past_shape', plain('Cast', ['past.0.key'], 'cast', FLOAT), plain('Shape', ['cast'], 'past_shape')),
  ],
  ['the last layer’s cache', instead('past_shape', plain('Shape', ['past.2.value'], 'past_shape'))],
  [
    'the present',
    instead(
      'total_len',
      plain('Shape', ['present.0.key'], 'p'),
      plain('Gather', ['p', 'past_len_axis'], 't'),
      plain('Squeeze', ['t'], 'total_len'),
    ),
  ],
  [
    'a weight',
    instead(
      'zero',
      plain('Shape', ['table'], 'w'),
      plain('Gather', ['w', 'last'], 'd'),
      plain('Sub', ['d', 'd'], 'z'),
      plain('Squeeze', ['z'], 'zero'),
    ),
  ],
  ['the type of the stream', instead('late', plain('CastLike', ['is_late', 'embedding'], 'late'))],
  [
    'an earlier residual',
    (model) =>
      instead(
        'layers.2.masked',
        plain('Shape', ['layers.1.stream'], 'w'),
        plain('Gather', ['w', 'last'], 'd'),
        plain('Sub', ['d', 'd'], 'z'),
        plain('Cast', ['z'], 'nothing', FLOAT),
        plain('Add', ['mask', 'nothing'], 'mask_2'),
        plain('Add', ['layers.2.scores', 'mask_2'], 'layers.2.masked'),
      )({ ...unfuse(model), weights: model.weights! }),
  ],
];

const modelOf = async (bytes: Uint8Array) => ({
  fixture: { kvHeads: 1, headDim: TINY.hidden, file: () => bytes } as unknown as FixtureModel,
  graph: await readGraph(memorySource(bytes)),
});

describe('a mask made from the shape of', () => {
  it.each(DETOURS)('%s', async (_, edit) => {
    const base = await modelOf(makeTinyDecoder());
    const expected = await new SliceChain(base.fixture, [await loadWhole(base.fixture, base.graph)]).feed(TOKENS);
    const { fixture, graph } = await modelOf(makeTinyDecoder({ edit }));
    const cut = [0, 1, 2].map((start) => sliceGraph(graph, { start, end: start + 1 }));
    expect(cut[1]!.blobs.map((blob) => blob.location)).toEqual(['layer-1']);
    const chain = new SliceChain(fixture, await Promise.all(cut.map((slice) => loadSlice(fixture, slice))));
    const first = (await chain.feed(TOKENS.slice(0, 3))).logits;
    const second = (await chain.feed(TOKENS.slice(3))).logits;
    expect(greatestDifference(Float32Array.of(...first, ...second), expected.logits)).toBeLessThan(1e-5);
  });

  it.each<[string, (model: TestModel) => TestModel]>([
    ['an inner tensor of another layer', instead('tokens_shape', plain('Shape', ['layers.0.key_3d'], 'tokens_shape'))],
    [
      'the values of another layer’s cache',
      instead(
        'late',
        plain('Cast', ['is_late'], 'l', FLOAT),
        plain('ReduceMax', ['past.0.key'], 'm'),
        plain('Add', ['l', 'm'], 'late'),
      ),
    ],
  ])('%s is refused by name', async (_, edit) => {
    const { graph } = await modelOf(makeTinyDecoder({ edit }));
    const message = expect.stringMatching(/layers\.0\.key_3d|past\.0\.key|No single tensor/);
    expect(() => sliceGraph(graph, { start: 1, end: 2 })).toThrowError(
      expect.objectContaining({ code: 'model-unsupported', message }),
    );
  });
});
