// What no exporter at hand writes: fused norms with bias and shift, branches, shapes of input_ids, other opsets. Runs the
// slices of a hand-made decoder against the whole file.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { describeDecoder } from './describe-decoder.ts';
import type { FixtureModel } from './fixture-models.ts';
import { makeTinyDecoder, TINY, type TinyTraits } from './make-tiny-decoder.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { greatestDifference, loadSlice, loadWhole, SliceChain } from './run-slices.ts';
import { sliceGraph } from './slice-graph.ts';

const TOKENS = [3, 17, 0, 9, 22, 31, 8];

async function makeModel(traits: TinyTraits): Promise<{ fixture: FixtureModel; graph: OnnxGraph }> {
  const bytes = makeTinyDecoder(traits);
  const fixture = { kvHeads: 1, headDim: TINY.hidden, file: () => bytes } as unknown as FixtureModel;
  return { fixture, graph: await readGraph(memorySource(bytes)) };
}

describe.each<TinyTraits>([
  { norm: 'SkipLayerNormalization' },
  { norm: 'SkipSimplifiedLayerNormalization' },
  { branch: true },
  { opset: 14 },
  { opset: 17 },
])('a decoder with %j', (traits) => {
  it('gives the same whole and cut, at once and token by token', async () => {
    const { fixture, graph } = await makeModel(traits);
    const whole = new SliceChain(fixture, [await loadWhole(fixture, graph)]);
    const { logits } = await whole.feed(TOKENS);
    for (const bounds of [
      [0, 3],
      [0, 1, 3],
      [0, 2, 3],
      [0, 1, 2, 3],
    ]) {
      const slices = await Promise.all(
        bounds.slice(1).map((end, at) => loadSlice(fixture, sliceGraph(graph, { start: bounds[at]!, end }))),
      );
      const atOnce = await new SliceChain(fixture, slices).feed(TOKENS);
      expect(greatestDifference(atOnce.logits, logits)).toBeLessThan(1e-5);
      const chain = new SliceChain(fixture, slices);
      const steps: number[] = [];
      for (const token of TOKENS) steps.push(...(await chain.feed([token])).logits);
      expect(greatestDifference(Float32Array.from(steps), logits)).toBeLessThan(1e-5);
    }
  });
});

describe('a middle slice', () => {
  it('takes neither tokens nor the embedding, and reads shapes off what it has', async () => {
    const { graph } = await makeModel({});
    const slice = sliceGraph(graph, { start: 1, end: 2 });
    expect(slice.inputs.map(({ name, dims }) => [name, ...dims])).toEqual([
      ['layers.1.stream', 'batch', 'tokens', TINY.hidden],
      ['past.1.key', 'batch', 1, 'past', TINY.hidden],
      ['past.1.value', 'batch', 1, 'past', TINY.hidden],
    ]);
    expect(slice.outputs.map(({ name }) => name)).toEqual(['layers.2.stream', 'present.1.key', 'present.1.value']);
    expect(slice.blobs.map(({ location }) => location)).toEqual(['layer-1']);
    const read = await readGraph(memorySource(slice.model));
    const shapes = read.nodes.filter((node) => node.opType === 'Shape').map((node) => node.inputs[0]);
    expect(shapes.sort()).toEqual(['layers.1.stream', 'past.1.key']);
    expect(read.nodes.map((node) => node.opType)).not.toContain('SkipLayerNormalization');
  });

  it('keeps a norm fused where it is not cut', async () => {
    const { graph } = await makeModel({});
    const read = await readGraph(memorySource(sliceGraph(graph, { start: 0, end: 3 }).model));
    expect(read.nodes.filter((node) => node.opType === 'SkipLayerNormalization')).toHaveLength(3);
  });
});

describe('refuses with a typed error', () => {
  it.each<[string, TinyTraits, string]>([
    ['a model that adds the embedding in every layer', { reinjects: true }, 'No single tensor'],
    ['a mask made of token values', { masksTokenZero: true }, 'No single tensor'],
    ['an opset before 11', { opset: 10 }, 'opset'],
  ])('%s', async (_, traits, message) => {
    const { graph } = await makeModel(traits);
    const refused = expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(message) });
    expect(() => describeDecoder(graph)).toThrowError(refused);
    expect(() => sliceGraph(graph, { start: 0, end: 1 })).toThrowError(refused);
  });
});
