// Reads protobuf wire format as spans over bytes. Owns tags, varints and lengths; knows no message type, so what it
// does not understand can be copied byte for byte. Format: https://protobuf.dev/programming-guides/encoding
import { PoolError } from '../../protocol/errors.ts';

/** Wire types that ONNX uses. Groups (3, 4) are long deprecated and refused. */
export type WireType = 0 | 1 | 2 | 5;

/** One field of a message: `[start, end)` covers tag and value, `[valueStart, end)` the value alone. */
export interface WireField {
  number: number;
  wire: WireType;
  start: number;
  valueStart: number;
  end: number;
}

/** The start of a field: what it is, and how many bytes its tag (with its length, if any) and value take. */
export interface FieldHeader {
  number: number;
  wire: WireType;
  headerBytes: number;
  valueBytes: number;
}

/** A tag and a length are at most ten bytes each. */
export const MAX_HEADER_BYTES = 20;

const decoder = new TextDecoder('utf-8', { fatal: true });

export function malformed(detail: string): PoolError {
  return new PoolError('model-unsupported', `The file is not a readable ONNX model: ${detail}.`);
}

/** Decodes the varint at `at`; int64 values come out signed. @throws PoolError when it runs past `limit`. */
export function readVarint(bytes: Uint8Array, at: number, limit = bytes.length): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    if (at + index >= limit) throw malformed('a number is cut off');
    const byte = bytes[at + index]!;
    // Seven groups are 49 bits: exact in a double. Beyond that, BigInt decides.
    if (index === 7) return readWideVarint(bytes, at, limit);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  throw malformed('a number is too long');
}

function readWideVarint(bytes: Uint8Array, at: number, limit: number): { value: number; next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    if (at + index >= limit) throw malformed('a number is cut off');
    const byte = bytes[at + index]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) {
      return { value: Number(BigInt.asIntN(64, value)), next: at + index + 1 };
    }
  }
  throw malformed('a number is too long');
}

/** Decodes the tag at `at`, and how long its value is. @throws PoolError on a header that no message can have. */
export function readHeader(bytes: Uint8Array, at: number, limit = bytes.length): FieldHeader {
  const tag = readVarint(bytes, at, limit);
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (number < 1 || number > 0x1fffffff) throw malformed('a field number is out of range');
  switch (wire) {
    case 0:
      return {
        number,
        wire,
        headerBytes: tag.next - at,
        valueBytes: readVarint(bytes, tag.next, limit).next - tag.next,
      };
    case 1:
      return { number, wire, headerBytes: tag.next - at, valueBytes: 8 };
    case 5:
      return { number, wire, headerBytes: tag.next - at, valueBytes: 4 };
    case 2: {
      const length = readVarint(bytes, tag.next, limit);
      if (length.value < 0 || !Number.isSafeInteger(length.value)) throw malformed('a length is out of range');
      return { number, wire, headerBytes: length.next - at, valueBytes: length.value };
    }
    default:
      throw malformed(`wire type ${wire} is unknown`);
  }
}

/** Walks the fields of one message. @throws PoolError when a field runs past its message. */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    const valueStart = at + header.headerBytes;
    const end = valueStart + header.valueBytes;
    if (end > bytes.length) throw malformed('a field is longer than its message');
    yield { number: header.number, wire: header.wire, start: at, valueStart, end };
    at = end;
  }
}

/** The value bytes of a field: a nested message, a string or packed numbers. */
export function payload(bytes: Uint8Array, field: WireField): Uint8Array {
  return bytes.subarray(field.valueStart, field.end);
}

/** The value of a string field. @throws PoolError when it is no UTF-8 string. */
export function text(bytes: Uint8Array, field: WireField): string {
  if (field.wire !== 2) throw malformed('a text field holds a number');
  try {
    return decoder.decode(payload(bytes, field));
  } catch {
    throw malformed('a name is not UTF-8');
  }
}

/** The value of an integer field. */
export function integer(bytes: Uint8Array, field: WireField): number {
  if (field.wire !== 0) throw malformed('a number field holds something else');
  return readVarint(bytes, field.valueStart, field.end).value;
}

/** The values of a repeated integer field, packed or one by one. */
export function integers(bytes: Uint8Array, field: WireField): number[] {
  if (field.wire === 0) return [integer(bytes, field)];
  if (field.wire !== 2) throw malformed('a list of numbers holds something else');
  const values: number[] = [];
  for (let at = field.valueStart; at < field.end; ) {
    const { value, next } = readVarint(bytes, at, field.end);
    values.push(value);
    at = next;
  }
  return values;
}
