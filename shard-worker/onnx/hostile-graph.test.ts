// G1: graphs that a stranger made to be walked for ever, and deep ones that are honest. Work is counted, not timed.
import { describe, expect, test } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { describeDecoder } from './describe-decoder.ts';
import { constantDims, elementType, lastDim } from './infer-tensor.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import { FLOAT32, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { sliceGraph } from './slice-graph.ts';
import { traceValues } from './trace-values.ts';

/** Counts how often a walk asks for a weight: once for each tensor that it looks at. */
class CountedWeights extends Map<string, OnnxTensor> {
  looks = 0;
  override get(name: string): OnnxTensor | undefined {
    this.looks += 1;
    return super.get(name);
  }
}

const NONE = new Uint8Array(0);
const weight = (name: string, dims: number[]): OnnxTensor => ({ name, type: FLOAT32, dims, bytes: NONE });
const nodeOf = (opType: string, inputs: string[], output: string): OnnxNode => ({
  ...{ name: output, opType, domain: '', inputs, outputs: [output], captures: [], nested: [], bytes: NONE },
});

function graphOf(nodes: OnnxNode[], weights: OnnxTensor[] = [weight('w', [4, 8])]) {
  const initializers = new CountedWeights(weights.map((each) => [each.name, each]));
  const graph: OnnxGraph = {
    ...{ modelFields: [], graphFields: [], opsets: new Map([['', 18]]), nodes, initializers },
    inputs: [{ name: 'input_ids', type: 7, dims: ['batch', 'tokens'], bytes: NONE }],
    ...{ outputs: [], valueInfo: new Map() },
  };
  return { graph, initializers };
}

/** All walks over the last tensor of a graph. */
function walk(nodes: OnnxNode[], weights?: OnnxTensor[]) {
  const { graph, initializers } = graphOf(nodes, weights);
  const last = nodes.at(-1)!.outputs[0]!;
  const found = { dim: lastDim(graph, last), type: elementType(graph, last), shape: constantDims(graph, last) };
  return { ...found, looks: initializers.looks };
}

const row = (count: number, make: (index: number) => OnnxNode): OnnxNode[] =>
  Array.from({ length: count }, (_, i) => make(i));
const last = (index: number): string => (index === 0 ? 'w' : `t${index - 1}`);

describe('a walk looks at each tensor a few times, whatever the graph', () => {
  test.each<[string, number, (index: number) => OnnxNode]>([
    ['60 sums of a tensor with itself', 60, (i) => nodeOf('Add', [last(i), last(i)], `t${i}`)],
    ['two hundred thousand of them', 200_000, (i) => nodeOf('Add', [last(i), last(i)], `t${i}`)],
    ['a chain of casts', 200_000, (i) => nodeOf('Identity', [last(i)], `t${i}`)],
    ['diamonds', 200_000, (i) => nodeOf('Mul', [last(i), last(i < 2 ? 0 : i - 1)], `t${i}`)],
  ])('%s', (_name, count, make) => {
    const { dim, looks } = walk(row(count, make));
    expect(dim).toBe(8);
    expect(looks).toBeLessThan(8 * count + 100);
  });

  test('a fan: every node takes all before it', () => {
    const nodes = row(600, (i) => nodeOf('Add', ['w', ...Array.from({ length: i }, (_, j) => `t${j}`)], `t${i}`));
    expect(walk(nodes).looks).toBeLessThan(8 * 600);
  });

  test.each([2, 3, 50_000])('a circle of %i is unknown', (count) => {
    const nodes = row(count, (i) =>
      nodeOf('Add', [`t${(i + count - 1) % count}`, `t${(i + count - 1) % count}`], `t${i}`),
    );
    expect(walk(nodes)).toMatchObject({ dim: undefined, type: 0, shape: undefined });
    const turning = row(count, (i) => nodeOf('Transpose', [`t${(i + count - 1) % count}`], `t${i}`));
    expect(walk(turning)).toMatchObject({ dim: undefined, type: 0, shape: undefined });
    expect(() => traceValues(graphOf(nodes).graph, [])).toThrow(/circle/);
  });

  test('one node of a hundred thousand inputs', () => {
    const leaves = row(100_000, (i) => nodeOf('Relu', ['input_ids'], `t${i}`));
    const all = nodeOf('Add', leaves.map(({ outputs }) => outputs[0]!).reverse(), 'sum');
    // The sum stands before what it adds: the graph has to be sorted.
    expect(traceValues(graphOf([all, ...leaves]).graph, []).order).toHaveLength(100_001);
  });

  test.each([
    ['huge dimensions', [2 ** 53 - 1, 2 ** 53 - 1]],
    ['dimensions below nothing', [-1, -(2 ** 31)]],
    ['no dimension', []],
  ])('%s', (_name, dims) => {
    const chain = row(10, (i) => nodeOf('Add', [last(i), last(i)], `t${i}`));
    expect(walk(chain, [weight('w', dims)]).dim).toBe(dims.at(-1));
  });

  test('names of a megabyte', () => {
    const name = 'n'.repeat(1_000_000);
    const nodes = [nodeOf('Add', ['w', 'w'], name), nodeOf('Add', [name, name], `${name}2`)];
    expect(walk(nodes)).toMatchObject({ dim: 8 });
  });
});

test.each([36, 48, 80])('F1: a decoder of %i layers without value_info is cut anywhere', async (layers) => {
  const graph = await readGraph(memorySource(makeTinyDecoder({ layers })));
  expect(graph.valueInfo.size).toBe(0);
  expect(describeDecoder(graph)).toMatchObject({ hiddenSize: TINY.hidden, vocabSize: TINY.vocab });
  for (const [start, end] of [
    [0, 1],
    [layers - 1, layers],
    [Math.floor(layers / 2), layers - 2],
  ] as const) {
    const slice = sliceGraph(graph, { start, end });
    expect(slice.inputs.map(({ type }) => type)).not.toContain(0);
    expect(slice.outputs.length).toBeGreaterThan(2 * (end - start) - 1);
  }
});
