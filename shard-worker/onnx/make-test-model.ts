// Builds small ONNX models from a few words, for tests alone: hand-made graphs that no exporter writes on demand.
import { makeNode, makeValueInfo, type NodeParts } from './make-node.ts';
import { FLOAT32, INT64 } from './onnx-graph.ts';
import { bytesField, concatBytes, messageField, textField, varintField } from './protobuf-write.ts';
import { NODE } from './read-node.ts';
import { TENSOR } from './read-tensor.ts';

/** A node in some domain, with extra bytes (unknown fields, say) behind it. */
export interface TestNode extends NodeParts {
  domain?: string;
  extra?: Uint8Array;
}

/** What a test model is made of. */
export interface TestModel {
  nodes: TestNode[];
  weights?: Uint8Array[];
  inputs: Uint8Array[];
  outputs: Uint8Array[];
  opset?: number;
  /** Extra GraphProto fields. */
  graphExtra?: Uint8Array;
  /** Extra ModelProto fields. */
  modelExtra?: Uint8Array;
}

/** A ModelProto, IR version 8, with com.microsoft 1. */
export function makeTestModel(model: TestModel): Uint8Array {
  const { nodes, weights = [], inputs, outputs, opset = 18, graphExtra, modelExtra } = model;
  const graph = [
    ...nodes.map((node) => bytesField(1, makeTestNode(node))),
    textField(2, 'test'),
    ...weights.map((weight) => bytesField(5, weight)),
    ...inputs.map((input) => bytesField(11, input)),
    ...outputs.map((output) => bytesField(12, output)),
    graphExtra ?? new Uint8Array(0),
  ];
  const opsetOf = (domain: string, version: number) => messageField(8, textField(1, domain), varintField(2, version));
  return concatBytes([
    varintField(1, 8),
    textField(2, 'test'),
    messageField(7, ...graph),
    opsetOf('', opset),
    opsetOf('com.microsoft', 1),
    modelExtra ?? new Uint8Array(0),
  ]);
}

export function makeTestNode({ domain, extra, ...parts }: TestNode): Uint8Array {
  return concatBytes([
    makeNode(parts),
    ...(domain ? [textField(NODE.domain, domain)] : []),
    extra ?? new Uint8Array(0),
  ]);
}

/** A float32 weight in raw_data; numbers are a fixed pattern around zero, different for each name. */
export function makeWeight(name: string, dims: readonly number[], extra: Uint8Array = new Uint8Array(0)): Uint8Array {
  let state = [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  return concatBytes([
    ...dims.map((dim) => varintField(TENSOR.dims, dim)),
    varintField(TENSOR.type, FLOAT32),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, new Uint8Array(values.buffer)),
    extra,
  ]);
}

/** An int64 tensor in raw_data. */
export function makeIndices(name: string, values: readonly number[]): Uint8Array {
  return concatBytes([
    varintField(TENSOR.dims, values.length),
    varintField(TENSOR.type, INT64),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)),
  ]);
}

/** A float32 port. */
export function floats(name: string, ...dims: (number | string)[]): Uint8Array {
  return makeValueInfo(name, FLOAT32, dims);
}

/** An int64 port. */
export function ints(name: string, ...dims: (number | string)[]): Uint8Array {
  return makeValueInfo(name, INT64, dims);
}
