import { describe, expect, it } from 'vitest';
import { makeInt64Tensor } from './make-node.ts';
import { concatBytes, messageField, textField, varintField } from './protobuf-write.ts';
import { readInt64Data, readTensor, TENSOR } from './read-tensor.ts';

function external(entries: Record<string, string>, dims = [4, 2], type = 1): Uint8Array {
  return concatBytes([
    ...dims.map((dim) => varintField(TENSOR.dims, dim)),
    varintField(TENSOR.type, type),
    textField(TENSOR.name, 'w'),
    ...Object.entries(entries).map(([key, value]) =>
      messageField(TENSOR.external, textField(1, key), textField(2, value)),
    ),
    varintField(TENSOR.location, 1),
  ]);
}

describe('external data', () => {
  it('is located, with offset and length where these are left out', () => {
    expect(readTensor(external({ location: 'm.onnx_data', offset: '64', length: '32' })).span).toEqual({
      file: 'm.onnx_data',
      offset: 64,
      length: 32,
    });
    expect(readTensor(external({ location: 'weights/m.bin' })).span).toEqual({
      file: 'weights/m.bin',
      offset: 0,
      length: 32,
    });
    expect(readTensor(external({ location: 'm', length: '3' }, [5], 22)).span?.length).toBe(3);
  });

  it.each([
    ['no file', {}],
    ['a file above its folder', { location: '../secret' }],
    ['a file above, in the middle', { location: 'a/../../b' }],
    ['another host', { location: 'https://elsewhere/m' }],
    ['an absolute path', { location: '/etc/passwd' }],
    ['a query', { location: 'm?x=1' }],
    ['a negative offset', { location: 'm', offset: '-1' }],
    ['an offset that is no number', { location: 'm', offset: 'x' }],
    ['fewer bytes than its shape', { location: 'm', length: '31' }],
  ])('is refused with %s', (_, entries) => {
    expect(() => readTensor(external(entries))).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
  });
});

it('a shape with a negative dimension is refused', () => {
  expect(() => readTensor(varintField(TENSOR.dims, -4))).toThrowError('shape');
});

it('int64 values are read from raw_data and from int64_data', () => {
  expect(readInt64Data(makeInt64Tensor('t', [3, -1]))).toEqual([3, -1]);
  const typed = concatBytes([
    varintField(1, 2),
    varintField(2, 7),
    varintField(TENSOR.int64Data, 3),
    varintField(TENSOR.int64Data, -1),
  ]);
  expect(readInt64Data(readTensor(typed))).toEqual([3, -1]);
});
