import { describe, expect, it } from 'vitest';
import { makeValueInfo } from './make-node.ts';
import { bytesField, concatBytes, messageField, textField, varintField } from './protobuf-write.ts';
import { readValueInfo } from './read-value-info.ts';

const typed = (...tensorType: Uint8Array[]) =>
  concatBytes([textField(1, 'x'), messageField(2, messageField(1, ...tensorType))]);

it.each([
  ['numbers and names', [1, 'tokens', 64]],
  ['a scalar', []],
  ['an empty dimension', [0, 3]],
] as [string, (number | string)[]][])('a shape of %s is read as it was written', (_, dims) => {
  const bytes = makeValueInfo('x', 10, dims);
  expect(readValueInfo(bytes)).toEqual({ name: 'x', type: 10, dims, bytes });
});

describe('what the file does not say', () => {
  it('a type without a shape is no scalar', () => {
    expect(readValueInfo(typed(varintField(1, 7)))).toMatchObject({ type: 7, dims: undefined });
  });

  it('a dimension without value or name is kept in its place', () => {
    const bytes = typed(
      varintField(1, 1),
      messageField(2, bytesField(1, new Uint8Array(0)), messageField(1, varintField(1, 5))),
    );
    expect(readValueInfo(bytes).dims).toEqual(['', 5]);
  });

  it('a sequence, which is no tensor, has type 0 and no shape', () => {
    const sequence = messageField(4, messageField(1, messageField(1, varintField(1, 1))));
    expect(readValueInfo(concatBytes([textField(1, 'list'), bytesField(2, sequence)]))).toMatchObject({
      ...{ name: 'list', type: 0, dims: undefined },
    });
  });

  it('notes on a dimension are passed over', () => {
    const batch = messageField(1, textField(2, 'batch'), textField(3, 'DATA_BATCH'));
    expect(readValueInfo(typed(varintField(1, 1), messageField(2, batch))).dims).toEqual(['batch']);
  });
});

it.each([
  ['a shape that is a text', typed(varintField(1, 1), textField(2, 'four'))],
  ['a type that is a text', typed(textField(1, 'float'))],
  ['a name that is no UTF-8', bytesField(1, Uint8Array.of(0xc3, 0x28))],
  ['a dimension that is cut off', typed(messageField(2, bytesField(1, Uint8Array.of(0x08, 0x80))))],
])('%s is refused with a typed error', (_, bytes) => {
  expect(() => readValueInfo(bytes)).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
});
