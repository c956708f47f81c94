// Makes the few ONNX messages that a slice adds: nodes, attributes, small constants and port descriptions.
import { FLOAT32, INT64, type OnnxTensor } from './onnx-graph.ts';
import { bytesField, concatBytes, floatField, messageField, textField, varintField } from './protobuf-write.ts';
import { ATTRIBUTE, NODE } from './read-node.ts';
import { TENSOR } from './read-tensor.ts';

/** AttributeProto.type codes. */
const ATTRIBUTE_TYPE_FIELD = 20;
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;

/** What a node is made of; all nodes made here are of the domain ai.onnx. */
export interface NodeParts {
  opType: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: readonly Uint8Array[];
}

/** A NodeProto. Its name is that of its first output. */
export function makeNode({ opType, inputs, outputs, attributes = [] }: NodeParts): Uint8Array {
  return concatBytes([
    ...inputs.map((name) => textField(NODE.input, name)),
    ...outputs.map((name) => textField(NODE.output, name)),
    textField(NODE.name, outputs[0] ?? ''),
    textField(NODE.opType, opType),
    ...attributes.map((attribute) => bytesField(NODE.attribute, attribute)),
  ]);
}

export function makeInt(name: string, value: number): Uint8Array {
  const type = varintField(ATTRIBUTE_TYPE_FIELD, ATTRIBUTE_TYPES.int);
  return concatBytes([textField(ATTRIBUTE.name, name), varintField(ATTRIBUTE.int, value), type]);
}

export function makeInts(name: string, values: readonly number[]): Uint8Array {
  const type = varintField(ATTRIBUTE_TYPE_FIELD, ATTRIBUTE_TYPES.ints);
  return concatBytes([
    textField(ATTRIBUTE.name, name),
    ...values.map((value) => varintField(ATTRIBUTE.ints, value)),
    type,
  ]);
}

export function makeFloat(name: string, value: number): Uint8Array {
  const type = varintField(ATTRIBUTE_TYPE_FIELD, ATTRIBUTE_TYPES.float);
  return concatBytes([textField(ATTRIBUTE.name, name), floatField(ATTRIBUTE.float, value), type]);
}

/** A one-dimensional (or, for a bare number, scalar) int64 constant. */
export function makeInt64Tensor(name: string, values: readonly number[] | number): OnnxTensor {
  const list = typeof values === 'number' ? [values] : values;
  const dims = typeof values === 'number' ? [] : [values.length];
  const raw = new Uint8Array(new BigInt64Array(list.map(BigInt)).buffer);
  const bytes = concatBytes([
    ...dims.map((dim) => varintField(TENSOR.dims, dim)),
    varintField(TENSOR.type, INT64),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, raw),
  ]);
  return { name, type: INT64, dims, bytes };
}

/** A float32 constant: a scalar, or of the given shape. */
export function makeFloats(name: string, values: readonly number[] | number, dims: readonly number[] = []): OnnxTensor {
  const raw = new Uint8Array(Float32Array.from(typeof values === 'number' ? [values] : values).buffer);
  const bytes = concatBytes([
    ...dims.map((dim) => varintField(TENSOR.dims, dim)),
    varintField(TENSOR.type, FLOAT32),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, raw),
  ]);
  return { name, type: FLOAT32, dims: [...dims], bytes };
}

/** A ValueInfoProto: names stand for dimensions that differ from call to call. */
export function makeValueInfo(name: string, type: number, dims: readonly (number | string)[]): Uint8Array {
  const shape = dims.map((dim) => messageField(1, typeof dim === 'number' ? varintField(1, dim) : textField(2, dim)));
  const tensorType = messageField(1, varintField(1, type), messageField(2, ...shape));
  return concatBytes([textField(1, name), bytesField(2, tensorType)]);
}
