// Blockwise ranking against a plain sort, ties and odd sizes included, on the runtime itself.
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { makeValueInfo } from './make-node.ts';
import { makeTestModel } from './make-test-model.ts';
import { FLOAT32 } from './onnx-graph.ts';
import { bytesField, concatBytes } from './protobuf-write.ts';
import { blocksOf, rankLogits, SORTED_AT_ONCE } from './rank-logits.ts';
import { readGraph } from './read-graph.ts';

ort.env.wasm.numThreads = 1;
const ROWS = 2;

function rankingModel(vocab: number, k: number, opset = 18): Uint8Array {
  const { nodes, constants } = rankLogits({ logits: 'logits', vocab, k, values: 'values', ids: 'ids' });
  return makeTestModel({
    nodes: [],
    weights: constants.map((constant) => constant.bytes),
    inputs: [makeValueInfo('logits', FLOAT32, ['batch', 'rows', vocab])],
    outputs: [
      makeValueInfo('values', FLOAT32, ['batch', 'rows', k]),
      makeValueInfo('ids', FLOAT32, ['batch', 'rows', k]),
    ],
    opset,
    graphExtra: concatBytes(nodes.map((node) => bytesField(1, node))),
  });
}

async function rank(logits: Float32Array, vocab: number, k: number, opset?: number) {
  const session = await ort.InferenceSession.create(rankingModel(vocab, k, opset));
  const outputs = await session.run({ logits: new ort.Tensor('float32', logits, [1, ROWS, vocab]) });
  return {
    values: [...(outputs.values!.data as Float32Array)],
    ids: [...(outputs.ids!.data as Float32Array)],
    dims: outputs.ids!.dims,
  };
}

/** `distinct` values from below to above zero, in an order without a pattern. */
function makeLogits(vocab: number, distinct: number): Float32Array {
  let state = vocab;
  return Float32Array.from({ length: ROWS * vocab }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % distinct) - distinct;
  });
}

function expected(logits: Float32Array, vocab: number, k: number): number[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const own = logits.subarray(row * vocab, (row + 1) * vocab);
    return [...own.keys()].sort((a, b) => own[b]! - own[a]! || a - b).slice(0, k);
  }).flat();
}

describe.each([
  // In one piece, just over, prime (filled up), and vocabularies of Llama 2, GPT-2 and Qwen.
  [40, 3],
  [SORTED_AT_ONCE, 64],
  [SORTED_AT_ONCE + 1, 64],
  [5003, 1],
  [5003, 500],
  [32_000, 64],
  [50_257, 64],
  [151_936, 64],
])('of %i logits the first %i', (vocab, k) => {
  it.each([
    ['few values, many ties', 300],
    ['hardly a tie', 1 << 23],
  ])('are those of a sort: %s', async (_, distinct) => {
    const logits = makeLogits(vocab, distinct);
    const { values, ids, dims } = await rank(logits, vocab, k);
    const order = expected(logits, vocab, k);
    expect(ids).toEqual(order);
    expect(values).toEqual(order.map((id, at) => logits[Math.floor(at / k) * vocab + id]));
    expect(dims).toEqual([1, ROWS, k]);
  });
});

it.each([11, 13, 22])('opset %i', async (opset) => {
  const logits = makeLogits(9001, 1000);
  expect((await rank(logits, 9001, 64, opset)).ids).toEqual(expected(logits, 9001, 64));
});

it('no row longer than a workgroup sorts is ranked', async () => {
  const { nodes } = await readGraph(memorySource(rankingModel(151_936, 64)));
  expect(nodes.filter((node) => node.opType === 'TopK')).toHaveLength(3);
  expect(nodes.map((node) => node.opType)).not.toContain('Pad');
  const small = await readGraph(memorySource(rankingModel(SORTED_AT_ONCE, 64)));
  expect(small.nodes.map((node) => node.opType)).toEqual(['TopK', 'Gather']);
});

it.each([
  [151_936, 128, 1187],
  [128_256, 64, 2004],
  [262_144, 128, 2048],
  [49_152, 24, 2048],
  [5003, 3, 1668],
])('%i are %i blocks of %i', (width, blocks, size) => {
  expect(blocksOf(width)).toEqual({ blocks, size });
});
