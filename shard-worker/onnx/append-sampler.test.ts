import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { makeSampler, readCandidates } from './append-sampler.ts';
import { makeNode, makeValueInfo } from './make-node.ts';
import { FLOAT16, FLOAT32 } from './onnx-graph.ts';
import { bytesField, concatBytes, messageField, textField, varintField } from './protobuf-write.ts';

/** A model of nothing but the sampler, behind an Identity that stands for the head. */
async function sample(logits: Float32Array, inverseTemperature: number, opset: number, logitsType = FLOAT32) {
  const vocab = logits.length;
  const sampler = makeSampler({ logits: 'logits', logitsType, vocab, opset, topK: 3, batchDims: ['batch', 'tokens'] });
  // Logits come in as float32 and, when half precision is under test, are cast first.
  const head = makeNode({ opType: 'Cast', inputs: ['given'], outputs: ['logits'], attributes: [castTo(logitsType)] });
  const graph = [
    ...[head, ...sampler.nodes].map((node) => bytesField(1, node)),
    textField(2, 'sampler'),
    ...sampler.constants.map((constant) => bytesField(5, constant.bytes)),
    ...[makeValueInfo('given', FLOAT32, ['batch', 'tokens', vocab]), ...sampler.inputs].map((input) =>
      bytesField(11, input),
    ),
    ...sampler.outputs.map((output) => bytesField(12, output)),
  ];
  const opsetField = messageField(8, textField(1, ''), varintField(2, opset));
  const session = await ort.InferenceSession.create(
    concatBytes([varintField(1, 8), messageField(7, ...graph), opsetField]),
  );
  const outputs = await session.run({
    given: new ort.Tensor('float32', logits, [1, 1, vocab]),
    inverse_temperature: new ort.Tensor('float32', Float32Array.of(inverseTemperature), [1, 1, 1]),
  });
  const { data, dims } = outputs.candidates!;
  const { values, ids, logSumExp } = readCandidates(data as Float32Array, 0, dims[2]!);
  return { values: [...values], ids: [...ids], logSumExp, dims };
}

function castTo(type: number): Uint8Array {
  return concatBytes([textField(1, 'to'), varintField(3, type), varintField(20, 2)]);
}

describe.each([12, 13, 17, 18, 22])('opset %i', (opset) => {
  it('ranks raw logits and sums at the temperature', async () => {
    const logits = Float32Array.of(0.5, -1, 2, 1.5, -3);
    const { values, ids, logSumExp, dims } = await sample(logits, 0.5, opset);
    expect(ids).toEqual([2, 3, 0]);
    expect(values).toEqual([2, 1.5, 0.5]);
    expect(logSumExp).toBeCloseTo(Math.log(logits.reduce((total, logit) => total + Math.exp(logit / 2), 0)), 5);
    expect(dims).toEqual([1, 1, 7]);
  });
});

it('does not overflow where a plain sum of exponentials would', async () => {
  const { logSumExp } = await sample(Float32Array.of(500, 500, -500), 2, 18);
  expect(logSumExp).toBeCloseTo(1000 + Math.log(2), 3);
});

it('reads half-precision logits as single', async () => {
  const { values, ids } = await sample(Float32Array.of(0.25, 4, -2, 1), 1, 18, FLOAT16);
  expect([values, ids]).toEqual([
    [4, 1, 0.25],
    [1, 3, 0],
  ]);
});
