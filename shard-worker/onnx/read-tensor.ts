// Decodes TensorProto: name, type, shape and where the data is. Never touches the data.
import { PoolError } from '../../protocol/errors.ts';
import { ELEMENT_TYPES, type FileSpan, type OnnxTensor } from './onnx-graph.ts';
import { fieldsOf, integer, integers, malformed, payload, text } from './protobuf-read.ts';

/** TensorProto field numbers. */
export const TENSOR = { dims: 1, type: 2, int64Data: 7, name: 8, rawData: 9, external: 13, location: 14 } as const;

const EXTERNAL = 1;

/**
 * Decodes a TensorProto.
 *
 * @param bytes the message; `rawSpan` says where its raw_data is when that was left out.
 * @throws PoolError `model-unsupported` when the shape and the number of bytes contradict each other.
 */
export function readTensor(bytes: Uint8Array, rawSpan?: FileSpan): OnnxTensor {
  const tensor: OnnxTensor = { name: '', type: 0, dims: [], bytes };
  const entries = new Map<string, string>();
  let isExternal = false;
  for (const field of fieldsOf(bytes)) {
    if (field.number === TENSOR.dims) tensor.dims.push(...integers(bytes, field));
    else if (field.number === TENSOR.type) tensor.type = integer(bytes, field);
    else if (field.number === TENSOR.name) tensor.name = text(bytes, field);
    else if (field.number === TENSOR.external) readEntry(payload(bytes, field), entries);
    else if (field.number === TENSOR.location) isExternal = integer(bytes, field) === EXTERNAL;
  }
  if (tensor.dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0))
    throw malformed(`tensor ${tensor.name} has no shape`);
  if (isExternal) tensor.span = externalSpan(tensor, entries);
  else if (rawSpan) tensor.span = rawSpan;
  if (tensor.span) checkLength(tensor, tensor.span);
  return tensor;
}

/** Bytes that a dense tensor of this type and shape takes; undefined for a type that is not known here. */
export function denseBytes(type: number, dims: readonly number[]): number | undefined {
  const bits = ELEMENT_TYPES[type]?.bits;
  if (bits === undefined) return undefined;
  return Math.ceil((dims.reduce((product, dim) => product * dim, 1) * bits) / 8);
}

function readEntry(bytes: Uint8Array, entries: Map<string, string>): void {
  let key = '';
  let value = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) key = text(bytes, field);
    else if (field.number === 2) value = text(bytes, field);
  }
  entries.set(key, value);
}

function externalSpan(tensor: OnnxTensor, entries: Map<string, string>): FileSpan {
  const file = entries.get('location') ?? '';
  // The location is joined to the model's URL: nothing may climb out of its folder or name another host.
  const isSafe = file !== '' && !/^[/\\]|[\\:?#]|(^|\/)\.\.?(\/|$)/.test(file);
  if (!isSafe) throw new PoolError('model-unsupported', `Tensor ${tensor.name} lies in a file that cannot be fetched.`);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? denseBytes(tensor.type, tensor.dims) ?? Number.NaN);
  const fits = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!fits) throw malformed(`tensor ${tensor.name} has no usable offset`);
  return { file, offset, length };
}

function checkLength(tensor: OnnxTensor, span: FileSpan): void {
  const expected = denseBytes(tensor.type, tensor.dims);
  if (expected !== undefined && expected !== span.length) {
    throw malformed(`tensor ${tensor.name} needs ${expected} bytes but has ${span.length}`);
  }
}

/** The values of an inline int64 tensor, from raw_data (little-endian) or int64_data. */
export function readInt64Data(tensor: OnnxTensor): number[] {
  const values: number[] = [];
  for (const field of fieldsOf(tensor.bytes)) {
    if (field.number === TENSOR.int64Data) values.push(...integers(tensor.bytes, field));
    else if (field.number === TENSOR.rawData) {
      const raw = payload(tensor.bytes, field);
      const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
      for (let at = 0; at + 8 <= raw.length; at += 8) values.push(Number(view.getBigInt64(at, true)));
    }
  }
  return values;
}
