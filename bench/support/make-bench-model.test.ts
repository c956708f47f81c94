import { expect, test } from 'vitest';
import { describeDecoder } from '../../shard-worker/onnx/describe-decoder.ts';
import { readGraph } from '../../shard-worker/onnx/read-graph.ts';
import { memorySource } from '../../shard-worker/words/byte-source.ts';
import { makeBenchModel } from './make-bench-model.ts';

const SHAPE = {
  ...{ layers: 3, hidden: 64, intermediate: 96, heads: 2, kvHeads: 1, headDim: 32 },
  ...{ vocab: 128, context: 256, seed: 5 },
};

test('is a decoder that can be cut between any two layers', async () => {
  const { graph } = makeBenchModel(SHAPE);
  const decoder = await describeDecoder(await readGraph(memorySource(graph)));
  expect(decoder).toMatchObject({ layers: 3, hiddenSize: 64, kvHeads: 1, headDim: 32, vocabSize: 128 });
});

test('weights lie one behind the other, and are the same for the same seed', async () => {
  const [one, same, other] = [makeBenchModel(SHAPE), makeBenchModel(SHAPE), makeBenchModel({ ...SHAPE, seed: 6 })];
  expect(Buffer.concat(same.data).equals(Buffer.concat(one.data))).toBe(true);
  expect(Buffer.concat(other.data).equals(Buffer.concat(one.data))).toBe(false);
  const { initializers } = await readGraph(memorySource(one.graph));
  const ends = [...initializers.values()].map(({ span }) => (span?.file ? span.offset + span.length : 0));
  expect(Math.max(...ends)).toBe(Buffer.concat(one.data).byteLength);
});

test('may have plain products of float32: eight times the bytes', async () => {
  const { graph, data } = makeBenchModel({ ...SHAPE, isFloat: true });
  const read = await readGraph(memorySource(graph));
  expect(await describeDecoder(read)).toMatchObject({ layers: 3, hiddenSize: 64, vocabSize: 128 });
  expect([...read.initializers.values()].find(({ span }) => span)?.span?.file).toBe('model.onnx_data');
  const bytes = (parts: readonly Uint8Array[]) => parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes(data)).toBeGreaterThan(2 * bytes(makeBenchModel(SHAPE).data));
});
