// Decodes ValueInfoProto: the name, element type and shape of a tensor that flows through the graph.
import type { OnnxValue } from './onnx-graph.ts';
import { fieldsOf, integer, payload, text } from './protobuf-read.ts';

/** Decodes a ValueInfoProto. Types that are no dense tensors (sequences, maps) come out as type 0. */
export function readValueInfo(bytes: Uint8Array): OnnxValue {
  const value: OnnxValue = { name: '', type: 0, dims: undefined, bytes };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) value.name = text(bytes, field);
    else if (field.number === 2) readType(payload(bytes, field), value);
  }
  return value;
}

function readType(bytes: Uint8Array, value: OnnxValue): void {
  for (const field of fieldsOf(bytes)) {
    if (field.number !== 1) continue;
    const tensorType = payload(bytes, field);
    for (const part of fieldsOf(tensorType)) {
      if (part.number === 1) value.type = integer(tensorType, part);
      else if (part.number === 2) value.dims = readShape(payload(tensorType, part));
    }
  }
}

function readShape(bytes: Uint8Array): (number | string)[] {
  const dims: (number | string)[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number !== 1) continue;
    const dimension = payload(bytes, field);
    let value: number | string = '';
    for (const part of fieldsOf(dimension)) {
      if (part.number === 1) value = integer(dimension, part);
      else if (part.number === 2) value = text(dimension, part);
    }
    dims.push(value);
  }
  return dims;
}
