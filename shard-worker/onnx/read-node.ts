// Decodes NodeProto: names, attributes on demand, and what subgraphs (If, Loop, Scan) capture from outside.
import type { OnnxNode, OnnxTensor } from './onnx-graph.ts';
import { fieldsOf, integer, integers, malformed, payload, text } from './protobuf-read.ts';
import { readTensor } from './read-tensor.ts';

/** NodeProto and AttributeProto field numbers. */
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  name: 1,
  float: 2,
  int: 3,
  tensor: 5,
  graph: 6,
  floats: 7,
  ints: 8,
  tensors: 10,
  graphs: 11,
} as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;

/** Exporters nest an If in a Loop at most; deeper is hostile. */
const MAX_GRAPH_DEPTH = 8;

/** Decodes a NodeProto. */
export function readNode(bytes: Uint8Array, depth = 0): OnnxNode {
  if (depth > MAX_GRAPH_DEPTH) throw malformed('subgraphs are nested too deeply');
  const node: OnnxNode = { name: '', opType: '', domain: '', inputs: [], outputs: [], captures: [], nested: [], bytes };
  const captures = new Set<string>();
  for (const field of fieldsOf(bytes)) {
    if (field.number === NODE.input) node.inputs.push(text(bytes, field));
    else if (field.number === NODE.output) node.outputs.push(text(bytes, field));
    else if (field.number === NODE.name) node.name = text(bytes, field);
    else if (field.number === NODE.opType) node.opType = text(bytes, field);
    else if (field.number === NODE.attribute) readAttribute(payload(bytes, field), depth, captures, node.nested);
    else if (field.number === NODE.domain) node.domain = text(bytes, field);
  }
  // The two names of one domain: https://github.com/onnx/onnx/blob/main/docs/IR.md
  if (node.domain === 'ai.onnx') node.domain = '';
  node.captures = [...captures];
  return node;
}

function readAttribute(bytes: Uint8Array, depth: number, captures: Set<string>, nested: OnnxTensor[]): void {
  for (const field of fieldsOf(bytes)) {
    if (field.wire !== 2) continue;
    if (field.number === ATTRIBUTE.tensor || field.number === ATTRIBUTE.tensors) {
      const tensor = readTensor(payload(bytes, field));
      if (tensor.span) nested.push(tensor);
    } else if (field.number === ATTRIBUTE.graph || field.number === ATTRIBUTE.graphs) {
      readSubgraph(payload(bytes, field), depth, captures, nested);
    }
  }
}

/** Adds what a subgraph uses and does not define. Node outputs are known first: a subgraph output may name any. */
function readSubgraph(bytes: Uint8Array, depth: number, captures: Set<string>, nested: OnnxTensor[]): void {
  const defined = new Set<string>();
  const used = new Set<string>();
  for (const field of fieldsOf(bytes)) {
    if (field.number === GRAPH.node) {
      const node = readNode(payload(bytes, field), depth + 1);
      for (const name of [...node.inputs, ...node.captures]) used.add(name);
      for (const name of node.outputs) defined.add(name);
      nested.push(...node.nested);
    } else if (field.number === GRAPH.initializer) {
      const tensor = readTensor(payload(bytes, field));
      defined.add(tensor.name);
      if (tensor.span) nested.push(tensor);
    } else if (field.number === GRAPH.input) defined.add(valueName(payload(bytes, field)));
    else if (field.number === GRAPH.output) used.add(valueName(payload(bytes, field)));
  }
  for (const name of used) if (name !== '' && !defined.has(name)) captures.add(name);
}

function valueName(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return text(bytes, field);
  return '';
}

/** The AttributeProto of that name, or undefined. */
export function attributeBytes(node: OnnxNode, name: string): Uint8Array | undefined {
  for (const field of fieldsOf(node.bytes)) {
    if (field.number !== NODE.attribute) continue;
    const bytes = payload(node.bytes, field);
    for (const part of fieldsOf(bytes)) {
      if (part.number === ATTRIBUTE.name && text(bytes, part) === name) return bytes;
    }
  }
  return undefined;
}

/** An integer attribute. */
export function intAttribute(node: OnnxNode, name: string): number | undefined {
  const bytes = attributeBytes(node, name);
  if (!bytes) return undefined;
  for (const field of fieldsOf(bytes)) if (field.number === ATTRIBUTE.int) return integer(bytes, field);
  return undefined;
}

/** A list-of-integers attribute. */
export function intsAttribute(node: OnnxNode, name: string): number[] | undefined {
  const bytes = attributeBytes(node, name);
  if (!bytes) return undefined;
  const values: number[] = [];
  for (const field of fieldsOf(bytes)) if (field.number === ATTRIBUTE.ints) values.push(...integers(bytes, field));
  return values;
}

/** A tensor attribute: the value of a Constant. */
export function tensorAttribute(node: OnnxNode, name: string): OnnxTensor | undefined {
  const bytes = attributeBytes(node, name);
  if (!bytes) return undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === ATTRIBUTE.tensor) return readTensor(payload(bytes, field));
  }
  return undefined;
}
