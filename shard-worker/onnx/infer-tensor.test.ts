import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { constantDims, constantValues, elementType, lastDim } from './infer-tensor.ts';
import { makeInt, makeInts } from './make-node.ts';
import { floats, ints, makeIndices, makeTestModel, makeWeight, type TestNode } from './make-test-model.ts';
import { FLOAT16, FLOAT32, INT64 } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';

const inputs = [floats('x', 'batch', 'tokens', 12), floats('unknown', 'a', 'b'), ints('ids', 'batch', 'tokens')];
const weights = [
  makeWeight('w', [12, 20]),
  makeWeight('row', [20]),
  makeWeight('scales', [40, 3]),
  makeIndices('target', [0, -1, 7]),
  makeIndices('sizes', [8, 4]),
];

async function graphOf(...nodes: TestNode[]) {
  return await readGraph(memorySource(makeTestModel({ nodes, weights, inputs, outputs: [floats('end')] })));
}

const node = (opType: string, names: string[], ...attributes: Uint8Array[]): TestNode => ({
  opType,
  inputs: names,
  outputs: ['y'],
  attributes,
});

describe('lastDim', () => {
  it.each<[string, TestNode, number | undefined]>([
    ['a product with a weight', node('MatMul', ['unknown', 'w']), 20],
    ['a product with its transpose', node('Gemm', ['unknown', 'w', 'row'], makeInt('transB', 1)), 12],
    ['a quantised product', node('MatMulNBits', ['unknown', 'q', 's'], makeInt('N', 33)), 33],
    ['a sum with a row', node('Add', ['unknown', 'row']), 20],
    ['a sum of unknowns', node('Add', ['unknown', 'unknown']), undefined],
    ['a lookup', node('Gather', ['w', 'ids']), 20],
    ['a quantised lookup', node('GatherBlockQuantized', ['q', 'ids', 'scales'], makeInt('block_size', 32)), 96],
    ['a reshape to a constant', node('Reshape', ['unknown', 'target']), 7],
    ['a norm', node('SimplifiedLayerNormalization', ['x', 'row']), 12],
    ['a fused norm', node('SkipSimplifiedLayerNormalization', ['unknown', 'unknown', 'row']), 20],
    ['a share of a split', { ...node('Split', ['x', 'sizes'], makeInt('axis', -1)), outputs: ['other', 'y'] }, 4],
    ['an operator it does not know', node('Mystery', ['x']), undefined],
  ])('of %s', async (_, made, expected) => {
    const known = made.inputs.includes('q')
      ? { ...made, inputs: made.inputs.map((name) => (name === 'q' || name === 's' ? 'w' : name)) }
      : made;
    expect(lastDim(await graphOf(known), 'y')).toBe(expected);
  });
});

describe('elementType', () => {
  it.each<[string, TestNode, number]>([
    ['a cast', node('Cast', ['x'], makeInt('to', FLOAT16)), FLOAT16],
    ['a shape', node('Shape', ['x']), INT64],
    ['a choice', node('Where', ['ids', 'x', 'x']), FLOAT32],
    ['a chain', node('Relu', ['x']), FLOAT32],
    ['nothing known', node('If', []), 0],
  ])('of %s', async (_, made, expected) => {
    expect(elementType(await graphOf(made), 'y')).toBe(expected);
  });
});

it('constants are followed through transposes', async () => {
  const graph = await graphOf(node('Transpose', ['w'], makeInts('perm', [1, 0])));
  expect(constantDims(graph, 'y')).toEqual([20, 12]);
  expect(constantDims(graph, 'x')).toBeUndefined();
  expect(constantValues(graph, 'target')).toEqual([0, -1, 7]);
  expect(constantValues(graph, 'row')).toBeUndefined();
});
