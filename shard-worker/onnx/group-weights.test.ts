// Blobs are cached by name and bytes: one that differed from slice to slice would be fetched again at every change.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { listFixtures, readFixture } from './fixture-models.ts';
import { EMBEDDING, groupWeights, HEAD, SHARED, TIED } from './group-weights.ts';
import { makeWeight, type TestModel } from './make-test-model.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { readDecoder } from './read-decoder.ts';
import { readGraph } from './read-graph.ts';
import { sliceGraph } from './slice-graph.ts';

const CONTEXTS = [undefined, 8, 3];

/** Every slice of a model. */
function rangesOf(graph: OnnxGraph): { start: number; end: number }[] {
  const bounds = Array.from({ length: readDecoder(graph).kv.length + 1 }, (_, at) => at);
  return bounds.flatMap((start) => bounds.slice(start + 1).map((end) => ({ start, end })));
}

describe.each(listFixtures())('%s', (name) => {
  it('has one content for each blob but the shared one, in every slice and for every context', async () => {
    const graph = await readGraph(readFixture(name).source);
    const contents = new Map<string, Set<string>>();
    for (const range of rangesOf(graph)) {
      for (const maxContext of CONTEXTS) {
        for (const { location, parts } of sliceGraph(graph, range, maxContext ? { maxContext } : {}).blobs) {
          contents.set(location, (contents.get(location) ?? new Set()).add(JSON.stringify(parts)));
        }
      }
    }
    const differing = [...contents].filter(([location, { size }]) => location !== SHARED && size > 1);
    expect(differing).toEqual([]);
    const layers = readDecoder(graph).kv.map((_, layer) => `layer-${layer}`);
    expect([...contents.keys()]).toEqual(expect.arrayContaining(layers));
  });

  it('fetches no byte twice', async () => {
    const graph = await readGraph(readFixture(name).source);
    for (const range of rangesOf(graph)) {
      const parts = sliceGraph(graph, range).blobs.flatMap((blob) => blob.parts);
      parts.sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1));
      const twice = parts.filter((part, at) => {
        const before = parts[at - 1];
        return before?.file === part.file && before.offset + before.length > part.offset;
      });
      expect(twice).toEqual([]);
    }
  });
});

async function groupsOf(edit: (model: TestModel) => TestModel): Promise<Record<string, string>> {
  const decoder = readDecoder(await readGraph(memorySource(makeTinyDecoder({ edit }))));
  return Object.fromEntries([...groupWeights(decoder)].map(([tensor, group]) => [tensor.name, group]));
}

/** The same model with other names at inputs, and weights that these need. */
const rewired =
  (names: Record<string, string>, ...weights: Uint8Array[]) =>
  (model: TestModel): TestModel => ({
    ...model,
    nodes: model.nodes.map((node) => ({ ...node, inputs: node.inputs.map((input) => names[input] ?? input) })),
    weights: [...(model.weights ?? []), ...weights],
  });

it('a table that both ends use is tied, one for each end is not', async () => {
  expect((await groupsOf((model) => model)).table).toBe(TIED);
  const apart = await groupsOf((model) => ({
    ...model,
    nodes: model.nodes.map((node) => (node.opType === 'Transpose' ? { ...node, inputs: ['lm_head'] } : node)),
    weights: [...model.weights!, makeWeight('lm_head', [TINY.vocab, TINY.hidden])],
  }));
  expect(apart).toMatchObject({ table: EMBEDDING, lm_head: HEAD });
});

it.each([
  ['neighbours', 'layers.2.wk', 'layers.1.wk'],
  ['the first layer and the last', 'layers.2.wo', 'layers.0.wo'],
])('a weight of two layers belongs to neither: %s', async (_, from, to) => {
  const groups = await groupsOf(rewired({ [from]: to }));
  expect(groups[to]).toBe(SHARED);
  expect(groups[from]).toBeUndefined();
  expect(groups['layers.1.wv']).toBe('layer-1');
});

it('a weight of a layer and of the head is in no layer’s blob', async () => {
  // The head multiplies by a layer's square matrix first.
  const groups = await groupsOf((model) => ({
    ...model,
    nodes: [
      ...model.nodes.map((node) => (node.outputs[0] === 'logits' ? { ...node, inputs: ['turned', 'head'] } : node)),
      { opType: 'MatMul', inputs: [`layers.${TINY.layers}.normed`, 'layers.1.wo'], outputs: ['turned'] },
    ],
  }));
  expect(groups['layers.1.wo']).toBe(SHARED);
});

it('small tensors lie in the graph and in no blob, and neither does what nothing uses', async () => {
  const groups = await groupsOf(rewired({}, makeWeight('unused', [64, 64])));
  expect(Object.keys(groups)).not.toContain('layers.0.scale');
  expect(Object.keys(groups)).not.toContain('unused');
});
