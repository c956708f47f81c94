// The words of an ONNX file as this package holds it: messages stay bytes, and only what a cut needs is decoded.
// Types and constants alone. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** Names as onnxruntime-web spells element types, by TensorProto.DataType; bits per element. */
export const ELEMENT_TYPES: Readonly<Record<number, { name: string; bits: number }>> = {
  1: { name: 'float32', bits: 32 },
  2: { name: 'uint8', bits: 8 },
  3: { name: 'int8', bits: 8 },
  4: { name: 'uint16', bits: 16 },
  5: { name: 'int16', bits: 16 },
  6: { name: 'int32', bits: 32 },
  7: { name: 'int64', bits: 64 },
  9: { name: 'bool', bits: 8 },
  10: { name: 'float16', bits: 16 },
  11: { name: 'float64', bits: 64 },
  12: { name: 'uint32', bits: 32 },
  13: { name: 'uint64', bits: 64 },
  16: { name: 'bfloat16', bits: 16 },
  17: { name: 'float8e4m3fn', bits: 8 },
  19: { name: 'float8e5m2', bits: 8 },
  21: { name: 'uint4', bits: 4 },
  22: { name: 'int4', bits: 4 },
};

/** TensorProto.DataType codes that this package writes or compares. */
export const FLOAT32 = 1;
export const INT32 = 6;
export const INT64 = 7;
export const FLOAT16 = 10;

/** Where bytes lie: `file` is '' for the graph file itself, else an external location as the graph writes it. */
export interface FileSpan {
  file: string;
  offset: number;
  length: number;
}

/** A TensorProto. `bytes` is the message without data that lies elsewhere; `span` says where that data is. */
export interface OnnxTensor {
  name: string;
  type: number;
  dims: number[];
  bytes: Uint8Array;
  span?: FileSpan;
}

/** A ValueInfoProto. `dims` is undefined when the file does not say; a dimension without value or name is ''. */
export interface OnnxValue {
  name: string;
  type: number;
  dims: (number | string)[] | undefined;
  bytes: Uint8Array;
}

/** A NodeProto. Absent optional inputs and outputs are ''. */
export interface OnnxNode {
  name: string;
  opType: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  /** Outer tensors that the node's subgraphs (If, Loop, Scan) use by name. */
  captures: string[];
  /** Tensors inside attributes and subgraphs whose data lies in external files. */
  nested: OnnxTensor[];
  bytes: Uint8Array;
}

/** A field kept whole, tag included. `tensor` names what it is about, when it may be dropped with that tensor. */
export interface KeptField {
  bytes: Uint8Array;
  tensor?: string;
}

/** An ONNX file, read sparsely. */
export interface OnnxGraph {
  /** Every ModelProto field but the graph: versions, opsets, functions, metadata, unknown ones. */
  modelFields: Uint8Array[];
  /** Every GraphProto field that is not listed below, unknown ones included. */
  graphFields: KeptField[];
  /** Opset version by domain; '' is ai.onnx. */
  opsets: Map<string, number>;
  nodes: OnnxNode[];
  initializers: Map<string, OnnxTensor>;
  /** Graph inputs that are no initializers. */
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  valueInfo: Map<string, OnnxValue>;
}
