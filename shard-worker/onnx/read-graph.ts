// Reads an ONNX file sparsely: structure is kept, weights are passed over and remembered as byte ranges. Owns the
// walk over ModelProto and GraphProto; never interprets what the graph computes.
import type { ByteSource } from '../words/byte-source.ts';
import type { OnnxGraph, OnnxTensor } from './onnx-graph.ts';
import { type FieldHeader, fieldsOf, integer, malformed, payload, text } from './protobuf-read.ts';
import { readNode } from './read-node.ts';
import { readSkeleton, readSparseNode } from './read-skeleton.ts';
import { readValueInfo } from './read-value-info.ts';
import { WindowCursor } from './window-cursor.ts';

/** Structure of the largest decoders measured is 6 MB; past this a file is hostile or holds weights as text fields. */
const MAX_STRUCTURE_BYTES = 64 * 1024 * 1024;
/** A node longer than this holds a tensor: read around it. */
const LONG_NODE_BYTES = 64 * 1024;

const MODEL = { graph: 7, opset: 8 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13, annotation: 14, sparse: 15 } as const;

/**
 * Reads the structure of a model file.
 *
 * @throws PoolError `model-unsupported` when the bytes are no ONNX model, `download-truncated` when the source ends early.
 * @example
 * const graph = await readGraph(memorySource(await readFile('model.onnx')));
 */
export async function readGraph(source: ByteSource): Promise<OnnxGraph> {
  const cursor = new WindowCursor(source);
  const graph: OnnxGraph = {
    modelFields: [],
    graphFields: [],
    opsets: new Map(),
    nodes: [],
    initializers: new Map(),
    inputs: [],
    outputs: [],
    valueInfo: new Map(),
  };
  const budget = { bytes: MAX_STRUCTURE_BYTES };
  let graphs = 0;
  while (cursor.position < source.size) {
    const header = await cursor.header(source.size);
    if (header.number !== MODEL.graph) {
      const bytes = await takeField(cursor, header, budget);
      graph.modelFields.push(bytes);
      if (header.number === MODEL.opset) readOpset(bytes, graph.opsets);
      continue;
    }
    if (header.wire !== 2 || ++graphs > 1) throw malformed('it does not hold exactly one graph');
    cursor.skip(header.headerBytes);
    await readGraphFields(cursor, cursor.position + header.valueBytes, graph, budget);
  }
  if (graphs === 0 || graph.nodes.length === 0) throw malformed('it holds no graph');
  graph.inputs = graph.inputs.filter((input) => !graph.initializers.has(input.name));
  return graph;
}

async function readGraphFields(cursor: WindowCursor, end: number, graph: OnnxGraph, budget: { bytes: number }) {
  while (cursor.position < end) {
    const header = await cursor.header(end);
    if (header.wire === 2 && header.number === GRAPH.initializer) {
      cursor.skip(header.headerBytes);
      const tensor = await readSkeleton(cursor, cursor.position + header.valueBytes);
      spend(budget, tensor.bytes.length);
      addInitializer(graph, tensor);
    } else if (header.wire === 2 && header.number === GRAPH.node && header.valueBytes > LONG_NODE_BYTES) {
      cursor.skip(header.headerBytes);
      const read = await readSparseNode(cursor, cursor.position + header.valueBytes, budget.bytes);
      if (read.constant) {
        spend(budget, read.constant.bytes.length);
        addInitializer(graph, read.constant);
      } else {
        spend(budget, read.bytes.length);
        graph.nodes.push(readNode(read.bytes));
      }
    } else {
      addField(graph, header, await takeField(cursor, header, budget));
    }
  }
}

function addField(graph: OnnxGraph, header: FieldHeader, bytes: Uint8Array): void {
  const value = bytes.subarray(header.headerBytes);
  if (header.wire !== 2) graph.graphFields.push({ bytes });
  else if (header.number === GRAPH.node) graph.nodes.push(readNode(value));
  else if (header.number === GRAPH.input) graph.inputs.push(readValueInfo(value));
  else if (header.number === GRAPH.output) graph.outputs.push(readValueInfo(value));
  else if (header.number === GRAPH.valueInfo) {
    const info = readValueInfo(value);
    graph.valueInfo.set(info.name, info);
  } else if (header.number === GRAPH.annotation) graph.graphFields.push({ bytes, tensor: firstText(value) });
  else if (header.number === GRAPH.sparse) throw malformed('sparse initializers are not supported');
  else graph.graphFields.push({ bytes });
}

function addInitializer(graph: OnnxGraph, tensor: OnnxTensor): void {
  if (graph.initializers.has(tensor.name)) throw malformed(`tensor ${tensor.name} is there twice`);
  graph.initializers.set(tensor.name, tensor);
}

/** The whole field, tag included. */
async function takeField(cursor: WindowCursor, header: FieldHeader, budget: { bytes: number }): Promise<Uint8Array> {
  spend(budget, header.valueBytes);
  return await cursor.take(header.headerBytes + header.valueBytes);
}

function spend(budget: { bytes: number }, bytes: number): void {
  budget.bytes -= bytes;
  if (budget.bytes < 0) throw malformed(`its structure alone is more than ${MAX_STRUCTURE_BYTES} bytes`);
}

function readOpset(fieldBytes: Uint8Array, opsets: Map<string, number>): void {
  for (const outer of fieldsOf(fieldBytes)) {
    if (outer.wire !== 2) return;
    const bytes = payload(fieldBytes, outer);
    let domain = '';
    let version = 0;
    for (const field of fieldsOf(bytes)) {
      if (field.number === 1) domain = text(bytes, field);
      else if (field.number === 2) version = integer(bytes, field);
    }
    opsets.set(domain === 'ai.onnx' ? '' : domain, version);
  }
}

function firstText(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return text(bytes, field);
  return '';
}
