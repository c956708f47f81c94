import { describe, expect, it } from 'vitest';
import { fieldsOf, integer, integers, payload, readHeader, readVarint, text } from './protobuf-read.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('readVarint', () => {
  it.each([
    [[0], 0],
    [[0x7f], 127],
    [[0x96, 0x01], 150],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 53 - 1],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], -1],
  ])('decodes %j', (encoded, value) => {
    expect(readVarint(bytes(...encoded), 0)).toEqual({ value, next: encoded.length });
  });

  it.each([[[0x80]], [[]], [new Array(11).fill(0x80)]])('refuses %j', (encoded) => {
    expect(() => readVarint(bytes(...encoded), 0)).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
  });
});

describe('fieldsOf', () => {
  it('walks fields of every wire type and keeps their spans', () => {
    const message = bytes(0x08, 0x96, 0x01, 0x12, 2, 0x68, 0x69, 0x1d, 0, 0, 0x80, 0x3f, 0x21, 1, 2, 3, 4, 5, 6, 7, 8);
    const fields = [...fieldsOf(message)];
    expect(fields.map(({ number, wire, start, end }) => [number, wire, start, end])).toEqual([
      [1, 0, 0, 3],
      [2, 2, 3, 7],
      [3, 5, 7, 12],
      [4, 1, 12, 21],
    ]);
    expect(integer(message, fields[0]!)).toBe(150);
    expect(text(message, fields[1]!)).toBe('hi');
    expect([...payload(message, fields[2]!)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('reads repeated integers packed and one by one', () => {
    const message = bytes(0x0a, 3, 0x01, 0x96, 0x01, 0x08, 0x05);
    expect([...fieldsOf(message)].flatMap((field) => integers(message, field))).toEqual([1, 150, 5]);
  });

  it.each([
    ['a length past the end', [0x12, 5, 1]],
    ['field number 0', [0x00, 1]],
    ['a group', [0x0b, 0x0c]],
    ['a fixed32 cut short', [0x1d, 0, 0]],
    ['a tag alone', [0x08]],
    ['a negative length', [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('refuses %s', (_, encoded) => {
    expect(() => [...fieldsOf(bytes(...encoded))]).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
  });

  it('refuses a name that is not UTF-8, and kinds that do not match', () => {
    const broken = bytes(0x0a, 1, 0xff);
    expect(() => text(broken, [...fieldsOf(broken)][0]!)).toThrowError('UTF-8');
    const number = bytes(0x08, 1);
    expect(() => text(number, [...fieldsOf(number)][0]!)).toThrowError('text');
    expect(() => integer(broken, [...fieldsOf(broken)][0]!)).toThrowError('number');
  });
});

it('readHeader counts header and value apart, without looking at the value', () => {
  expect(readHeader(bytes(0x4a, 0x80, 0x80, 0x40), 0)).toEqual({
    number: 9,
    wire: 2,
    headerBytes: 4,
    valueBytes: 1 << 20,
  });
});
