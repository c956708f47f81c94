import { describe, expect, it } from 'vitest';
import { EMBEDDING, HEAD, SHARED, TIED } from './group-weights.ts';
import { layOutBlobs, placedTensor } from './lay-out-blobs.ts';
import { makeFloats } from './make-node.ts';
import type { OnnxTensor } from './onnx-graph.ts';
import { concatBytes, varintField } from './protobuf-write.ts';
import { readTensor } from './read-tensor.ts';

/** A float32 tensor whose data lies at `offset` of a file. */
function tensor(name: string, offset: number, dims: number[], file = 'data'): OnnxTensor {
  const length = dims.reduce((product, dim) => product * dim, 4);
  return { ...makeFloats(name, [], dims), span: { file, offset, length } };
}

const NO_TABLES = new Set<string>();
const inOne = (tensors: OnnxTensor[], location = 'layer-0') =>
  layOutBlobs(tensors, new Map(tensors.map((each) => [each, location])), NO_TABLES, undefined);

describe('a blob', () => {
  it('is in the order of the file, and neighbours are one part', () => {
    const [a, b, c] = [tensor('a', 100, [5]), tensor('b', 120, [5]), tensor('c', 300, [5])];
    const { blobs, places } = inOne([c, b, a]);
    expect(blobs).toEqual([
      {
        location: 'layer-0',
        size: 60,
        parts: [
          { file: 'data', offset: 100, length: 40, blobOffset: 0, tensor: 'a' },
          { file: 'data', offset: 300, length: 20, blobOffset: 40, tensor: 'c' },
        ],
      },
    ]);
    expect([a, b, c].map((each) => places.get(each)?.offset)).toEqual([0, 20, 40]);
  });

  it('holds bytes of two names once, and a tensor that is named twice once', () => {
    const [a, same] = [tensor('a', 0, [4, 2]), tensor('same', 0, [2, 4])];
    const { blobs, places } = inOne([a, same, a]);
    expect(blobs[0]).toMatchObject({ size: 32, parts: [{ length: 32 }] });
    expect([places.get(a), places.get(same)]).toMatchObject([
      { offset: 0, dims: [4, 2] },
      { offset: 0, dims: [2, 4] },
    ]);
  });

  it('joins no parts of two files, though one begins where the other ends', () => {
    const { blobs } = inOne([tensor('a', 0, [4], 'one'), tensor('b', 16, [4], 'two')]);
    expect(blobs[0]!.parts.map(({ file, offset, blobOffset }) => [file, offset, blobOffset])).toEqual([
      ['one', 0, 0],
      ['two', 16, 16],
    ]);
  });

  it('keeps whole what overlaps in the file', () => {
    const [a, b] = [tensor('a', 0, [8]), tensor('b', 16, [8])];
    const { blobs, places } = inOne([a, b]);
    expect(blobs[0]!.size).toBe(64);
    expect(places.get(b)).toMatchObject({ offset: 32, length: 32 });
  });

  it('asks for nothing where a tensor has no bytes', () => {
    const [a, empty, c] = [tensor('a', 0, [4]), tensor('empty', 16, [0, 7]), tensor('c', 16, [4])];
    const { blobs, places } = inOne([a, empty, c]);
    expect(blobs[0]!.parts).toEqual([{ file: 'data', offset: 0, length: 32, blobOffset: 0, tensor: 'a' }]);
    expect(places.get(empty)).toMatchObject({ length: 0, dims: [0, 7] });
    expect(places.get(c)?.offset).toBe(16);
  });
});

it('blobs come in the order of the model, layers by number', () => {
  const locations = [SHARED, 'layer-10', HEAD, 'layer-2', TIED, EMBEDDING];
  const tensors = locations.map((location, at) => tensor(location, at * 4, [1]));
  const groups = new Map(tensors.map((each) => [each, each.name]));
  const { blobs } = layOutBlobs(tensors, groups, NO_TABLES, undefined);
  expect(blobs.map(({ location }) => location)).toEqual([EMBEDDING, 'layer-2', 'layer-10', HEAD, TIED, SHARED]);
});

it('what belongs to no group is shared', () => {
  expect(layOutBlobs([tensor('a', 0, [1])], new Map(), NO_TABLES, undefined).blobs[0]?.location).toBe(SHARED);
});

describe('a rotary table', () => {
  const cos = tensor('cos', 64, [100, 8]);
  const layOut = (maxContext?: number) => layOutBlobs([cos], new Map(), new Set(['cos']), maxContext);

  it.each([
    [undefined, 100],
    [1000, 100],
    [100, 100],
    [7, 7],
  ])('for a context of %s has %i rows, from the first on', (maxContext, rows) => {
    const { blobs, places } = layOut(maxContext);
    expect(blobs[0]!.parts).toEqual([{ file: 'data', offset: 64, length: rows * 32, blobOffset: 0, tensor: 'cos' }]);
    expect(places.get(cos)?.dims).toEqual([rows, 8]);
  });

  it('says its new shape and place in its message, and keeps what else is in it', () => {
    const noted = { ...cos, bytes: concatBytes([cos.bytes, varintField(99, 5)]) };
    const bytes = placedTensor(noted, { location: 'shared', offset: 32, length: 224, dims: [7, 8] });
    expect(readTensor(bytes)).toMatchObject({
      name: 'cos',
      dims: [7, 8],
      span: { file: 'shared', offset: 32, length: 224 },
    });
    expect(Buffer.from(bytes).includes(Buffer.from(varintField(99, 5)))).toBe(true);
  });
});

it('a tensor that had its place elsewhere has one place afterwards, one without a place stays as it was', () => {
  const moved = readTensor(placedTensor(tensor('a', 0, [4]), { location: 'x', offset: 0, length: 16, dims: [4] }));
  const again = placedTensor(moved, { location: 'layer-1', offset: 48, length: 16, dims: [4] });
  expect(readTensor(again).span).toEqual({ file: 'layer-1', offset: 48, length: 16 });
  expect(Buffer.from(again).indexOf('location')).toBe(Buffer.from(again).lastIndexOf('location'));
  const small = makeFloats('small', [1, 2], [2]);
  expect(placedTensor(small, undefined)).toBe(small.bytes);
});
