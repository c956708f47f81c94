// Unpacked against packed on the runtime itself: the same products, whatever the block, the bits and the zero points.
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../protocol/test-random.ts';
import { memorySource } from '../words/byte-source.ts';
import { makeInt } from './make-node.ts';
import { floats, makeTestModel } from './make-test-model.ts';
import { bytesField, concatBytes, messageField, textField, varintField } from './protobuf-write.ts';
import { readGraph } from './read-graph.ts';
import { TENSOR } from './read-tensor.ts';
import { greatestDifference } from './run-slices.ts';
import { unpackWeights } from './unpack-weights.ts';

ort.env.wasm.numThreads = 1;
const [FLOAT, UINT8] = [1, 2];

interface Case {
  rows: number;
  columns: number;
  bits: 4 | 8;
  blockSize: number;
  hasZeros?: boolean;
  hasBias?: boolean;
}

/** Two products of one matrix each, the second of the first's output. */
function makePacked({ rows, columns, bits, blockSize, hasZeros, hasBias }: Case) {
  const random = new SeededRandom(rows * columns + bits);
  const blocks = Math.ceil(rows / blockSize);
  const blob: Uint8Array[] = [];
  let size = 0;
  const tensor = (name: string, type: number, dims: number[], data: Uint8Array) => {
    const entry = (key: string, value: string) => messageField(TENSOR.external, textField(1, key), textField(2, value));
    const offset = size;
    blob.push(data);
    size += data.length;
    return concatBytes([
      ...dims.map((dim) => varintField(TENSOR.dims, dim)),
      varintField(TENSOR.type, type),
      textField(TENSOR.name, name),
      ...[entry('location', 'layer-0'), entry('offset', String(offset)), entry('length', String(data.length))],
      varintField(TENSOR.location, 1),
    ]);
  };
  const numbers = (count: number) => {
    const values = Float32Array.from({ length: count }, () => random.next() - 0.5);
    return new Uint8Array(values.buffer);
  };
  const blockBytes = (blockSize * bits) / 8;
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  const weights = [
    tensor('w', UINT8, [columns, blocks, blockBytes], random.bytes(columns * blocks * blockBytes)),
    tensor('s', FLOAT, [columns * blocks], numbers(columns * blocks)),
    ...(hasZeros ? [tensor('z', UINT8, [columns * zeroBytes], random.bytes(columns * zeroBytes))] : []),
    ...(hasBias ? [tensor('b', FLOAT, [columns], numbers(columns))] : []),
  ];
  const model = makeTestModel({
    nodes: [
      {
        opType: 'MatMulNBits',
        domain: 'com.microsoft',
        inputs: ['x', 'w', 's', hasZeros ? 'z' : '', '', hasBias ? 'b' : ''],
        outputs: ['y'],
        attributes: [
          makeInt('K', rows),
          makeInt('N', columns),
          makeInt('bits', bits),
          makeInt('block_size', blockSize),
        ],
      },
    ],
    inputs: [floats('x', 'batch', rows)],
    outputs: [floats('y', 'batch', columns)],
    graphExtra: concatBytes(weights.map((weight) => bytesField(5, weight))),
  });
  return { model, blobs: new Map([['layer-0', concatBytes(blob)]]) };
}

async function product(model: Uint8Array, blobs: ReadonlyMap<string, Uint8Array>, rows: number): Promise<Float32Array> {
  const externalData = [...blobs].map(([path, data]) => ({ path, data }));
  const session = await ort.InferenceSession.create(model, { externalData, logSeverityLevel: 3 });
  const random = new SeededRandom(3);
  const x = Float32Array.from({ length: 3 * rows }, () => random.next() - 0.5);
  const { y } = await session.run({ x: new ort.Tensor('float32', x, [3, rows]) });
  await session.release();
  return y!.data as Float32Array;
}

describe.each<Case>([
  { rows: 64, columns: 48, bits: 4, blockSize: 32 },
  { rows: 64, columns: 33, bits: 4, blockSize: 16, hasZeros: true },
  { rows: 96, columns: 20, bits: 4, blockSize: 32, hasZeros: true, hasBias: true },
  { rows: 64, columns: 17, bits: 8, blockSize: 32 },
  { rows: 64, columns: 16, bits: 8, blockSize: 32, hasZeros: true },
])('a matrix of $rows × $columns, $bits bits in blocks of $blockSize, zeros: $hasZeros, bias: $hasBias', (test) => {
  it('gives the same products unpacked', async () => {
    const { model, blobs } = makePacked(test);
    const plain = await unpackWeights(model, blobs, Number.POSITIVE_INFINITY);
    expect(plain.unpackedBytes).toBe(test.rows * test.columns * 4);
    const { nodes, initializers } = await readGraph(memorySource(plain.model));
    expect(nodes.map((node) => node.opType)).toEqual(test.hasBias ? ['MatMul', 'Add'] : ['MatMul']);
    expect([...initializers.keys()]).toEqual([...(test.hasBias ? ['b'] : []), 'y/unpacked']);
    const packed = await product(model, blobs, test.rows);
    expect(greatestDifference(await product(plain.model, plain.blobs, test.rows), packed)).toBeLessThan(1e-4);
  });
});

it('what does not fit stays packed, and the file as it was', async () => {
  const { model, blobs } = makePacked({ rows: 64, columns: 48, bits: 4, blockSize: 32 });
  const plain = await unpackWeights(model, blobs, 64 * 48 * 4 - 1);
  expect(plain).toEqual({ model, blobs, unpackedBytes: 0 });
});
