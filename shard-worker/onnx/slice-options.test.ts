// What may be asked of the cutter, and what no model may have; that its slices are right is in slice-graph.test.ts.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { floats, type TestModel } from './make-test-model.ts';
import { makeTinyDecoder, TINY, type TinyTraits } from './make-tiny-decoder.ts';
import { readDecoder, typeName } from './read-decoder.ts';
import { readGraph } from './read-graph.ts';
import { type SliceOptions, sliceGraph } from './slice-graph.ts';

const read = (traits: TinyTraits = {}) => readGraph(memorySource(makeTinyDecoder(traits)));
const { layers } = TINY;

it.each([
  [0, 0],
  [2, 1],
  [-1, 1],
  [0, layers + 1],
  [layers, layers + 1],
  [0.5, 1],
  [0, Number.NaN],
  [0, Number.POSITIVE_INFINITY],
])('layers [%d, %d) are refused', async (start, end) => {
  const graph = await read();
  expect(() => sliceGraph(graph, { start, end })).toThrowError(expect.objectContaining({ code: 'bad-request' }));
});

it.each<SliceOptions>([{ topK: -1 }, { topK: 1.5 }, { topK: Number.NaN }, { maxContext: 0 }, { maxContext: 0.5 }])(
  '%j is refused, at a stage without a sampler too',
  async (options) => {
    const graph = await read();
    for (const range of [
      { start: 0, end: 1 },
      { start: 0, end: layers },
    ])
      expect(() => sliceGraph(graph, range, options)).toThrowError(expect.objectContaining({ code: 'bad-request' }));
  },
);

it('a sampler looks at no more ids than there are, and without one the logits are as they were', async () => {
  const graph = await read();
  const whole = (topK: number) => sliceGraph(graph, { start: 0, end: layers }, { topK });
  const widths = (topK: number) =>
    whole(topK)
      .outputs.find(({ name }) => name === 'candidates')
      ?.dims.at(-1);
  expect([widths(1), widths(TINY.vocab), widths(100_000)]).toEqual([3, 2 * TINY.vocab + 1, 2 * TINY.vocab + 1]);
  expect(whole(0).exitOutputs).toEqual({ logits: 'logits' });
  expect(whole(0).inputs.map(({ name }) => name)).not.toContain('inverse_temperature');
});

describe('a model is refused', () => {
  /** The model with an output in place of its logits. */
  const giving =
    (...outputs: Uint8Array[]) =>
    (model: TestModel): TestModel => ({ ...model, outputs: [...outputs, ...model.outputs.slice(1)] });

  it.each(['inverse_temperature', 'candidates', 'logit_rows', 'picked_logits'])(
    'that has a %s already, where a sampler is asked for alone',
    async (name) => {
      const graph = await read({
        edit: (model) => ({
          ...model,
          nodes: [...model.nodes, { opType: 'Identity', inputs: ['logits'], outputs: [name] }],
        }),
      });
      const range = { start: layers - 1, end: layers };
      expect(() => sliceGraph(graph, range)).toThrowError(
        expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(name) }),
      );
      expect(sliceGraph(graph, range, { topK: 0 }).exit).toBe(true);
      expect(sliceGraph(graph, { start: 0, end: 1 }).exit).toBe(false);
    },
  );

  it.each<[string, TinyTraits, string]>([
    ['without an output but its cache', { edit: giving() }, 'no single output'],
    [
      'with two that may be its logits',
      { edit: giving(floats('scores', 1), floats('embedding', 1)) },
      'no single output',
    ],
    ['whose opset is not stated', { opset: 0 }, 'opset 11'],
  ])('%s', async (_, traits, message) => {
    const graph = await read(traits);
    const refused = expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(message) });
    expect(() => readDecoder(graph)).toThrowError(refused);
  });

  it('whose ports are of a type that the runtime does not know', () => {
    expect(typeName(10)).toBe('float16');
    for (const type of [0, 8, 99, -1])
      expect(() => typeName(type)).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
  });
});

it('the only output beside the cache is the logits, whatever its name, and one of that name goes before others', async () => {
  const renamed = (model: TestModel): TestModel => ({
    ...model,
    nodes: model.nodes.map((node) => (node.outputs[0] === 'logits' ? { ...node, outputs: ['scores'] } : node)),
    outputs: [floats('scores', 'batch', 'tokens', TINY.vocab), ...model.outputs.slice(1)],
  });
  expect(readDecoder(await read({ edit: renamed })).logits.name).toBe('scores');
  const more = (model: TestModel): TestModel => ({ ...model, outputs: [floats('embedding', 1), ...model.outputs] });
  expect(readDecoder(await read({ edit: more })).logits.name).toBe('logits');
});
