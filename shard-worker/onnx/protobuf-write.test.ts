import { describe, expect, it } from 'vitest';
import { fieldsOf, integer, readVarint, text } from './protobuf-read.ts';
import {
  bytesField,
  concatBytes,
  floatField,
  rewriteMessage,
  textField,
  varint,
  varintField,
} from './protobuf-write.ts';

it.each([0, 1, 127, 128, 150, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 40)])('varint %d comes back', (value) => {
  const encoded = varint(value);
  expect(readVarint(encoded, 0)).toEqual({ value, next: encoded.length });
});

it('floatField is little-endian with wire type 5', () => {
  expect([...floatField(2, 1)]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
});

describe('rewriteMessage', () => {
  const unknown = textField(99, 'kept');
  const message = concatBytes([textField(1, 'a'), varintField(3, 7), textField(1, 'b'), unknown, textField(2, 'c')]);

  it('returns the same bytes when nothing changes', () => {
    expect(rewriteMessage(message, { 1: (value) => value })).toEqual(message);
  });

  it('changes one of a repeated field and keeps every other byte', () => {
    let at = 0;
    const rewritten = rewriteMessage(message, {
      1: (value) => (at++ === 1 ? new TextEncoder().encode('longer') : value),
    });
    const expected = [textField(1, 'a'), varintField(3, 7), textField(1, 'longer'), unknown, textField(2, 'c')];
    expect(rewritten).toEqual(concatBytes(expected));
  });

  it('drops fields of any wire type and appends', () => {
    const rewritten = rewriteMessage(message, { 1: null, 3: null }, [varintField(4, 5)]);
    expect(rewritten).toEqual(concatBytes([unknown, textField(2, 'c'), varintField(4, 5)]));
  });
});

it('nested messages written here are read back', () => {
  const message = bytesField(5, concatBytes([varintField(1, 3), textField(2, 'né')]));
  const [outer] = [...fieldsOf(message)];
  const inner = message.subarray(outer!.valueStart, outer!.end);
  const [number, name] = [...fieldsOf(inner)];
  expect([integer(inner, number!), text(inner, name!)]).toEqual([3, 'né']);
});
