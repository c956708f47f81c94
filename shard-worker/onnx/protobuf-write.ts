// Writes protobuf wire format: single fields as byte arrays, and messages rewritten with all else left as it was.
// Knows no message type.
import { fieldsOf, payload } from './protobuf-read.ts';

const encoder = new TextEncoder();

/** Joins byte arrays. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Encodes an integer as a varint; negative numbers take ten bytes, as int64 does. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

export function varintField(number: number, value: number): Uint8Array {
  return concatBytes([varint(number * 8), varint(value)]);
}

/** A nested message, a string's bytes or packed numbers. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return concatBytes([varint(number * 8 + 2), varint(value.length), value]);
}

export function textField(number: number, value: string): Uint8Array {
  return bytesField(number, encoder.encode(value));
}

export function messageField(number: number, ...fields: Uint8Array[]): Uint8Array {
  return bytesField(number, concatBytes(fields));
}

/** A 32-bit float. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([varint(number * 8 + 5), bytes]);
}

/** What becomes of a field's value: new bytes, the same array (left as it was), or null to drop the field. */
export type FieldEdit = (value: Uint8Array) => Uint8Array | null;

/** Copies a message byte for byte but for the fields named in `edits`; `null` there drops every such field. */
export function rewriteMessage(bytes: Uint8Array, edits: Record<number, FieldEdit | null>, append: Uint8Array[] = []) {
  const parts: Uint8Array[] = [];
  let keptFrom = 0;
  for (const field of fieldsOf(bytes)) {
    const edit = edits[field.number];
    if (edit === undefined) continue;
    const value = payload(bytes, field);
    const edited = edit === null || field.wire !== 2 ? null : edit(value);
    if (edited === value) continue;
    parts.push(bytes.subarray(keptFrom, field.start));
    if (edited) parts.push(bytesField(field.number, edited));
    keptFrom = field.end;
  }
  return concatBytes([...parts, bytes.subarray(keptFrom), ...append]);
}
