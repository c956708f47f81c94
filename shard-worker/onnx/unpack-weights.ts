// Unpacks block-quantised matrices (MatMulNBits) of a slice into plain products, as far as a number of bytes allows. For
// the WASM backend of onnxruntime-web 1.30: it has no kernel for such products and unpacks the whole matrix at each step,
// which costs eight times as much as the product itself. Changes no value, only when it is computed.
import { memorySource } from '../words/byte-source.ts';
import { makeNode } from './make-node.ts';
import { FLOAT32, type OnnxGraph, type OnnxNode, type OnnxTensor } from './onnx-graph.ts';
import { fieldsOf, payload } from './protobuf-read.ts';
import { bytesField, concatBytes, messageField, rewriteMessage, textField, varintField } from './protobuf-write.ts';
import { readGraph } from './read-graph.ts';
import { intAttribute } from './read-node.ts';
import { readTensor, TENSOR } from './read-tensor.ts';

const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5 } as const;

/** A slice's model file, and the external data that it names. */
export interface UnpackedSlice {
  model: Uint8Array;
  blobs: ReadonlyMap<string, Uint8Array>;
  /** Bytes that the unpacked matrices take. */
  unpackedBytes: number;
}

/** `[columns, rows]` of numbers in blocks of `blockSize` along the rows; as onnxruntime's MatMulNBits lays them out. */
export interface PackedMatrix {
  rows: number;
  columns: number;
  bits: 4 | 8;
  blockSize: number;
  /** `[columns, blocks, blockSize * bits / 8]`, the lower nibble first. */
  packed: Uint8Array;
  /** `[columns, blocks]`. */
  scales: Float32Array;
  /** `[columns, ceil(blocks * bits / 8)]`; without it the middle of the range is zero. */
  zeroPoints?: Uint8Array;
}

/** Unpacks matrices in the graph's order until the next would not fit `budgetBytes`; the others stay as they are. */
export async function unpackWeights(
  model: Uint8Array,
  blobs: ReadonlyMap<string, Uint8Array>,
  budgetBytes: number,
): Promise<UnpackedSlice> {
  const graph = await readGraph(memorySource(model));
  const uses = countUses(graph);
  const replaced = new Map<number, Uint8Array[]>();
  const dropped = new Set<string>();
  const added: Uint8Array[] = [];
  const unpacked = new Map(blobs);
  let unpackedBytes = 0;
  for (const [index, node] of graph.nodes.entries()) {
    const matrix = readPacked(graph, node, blobs);
    if (!matrix) continue;
    const bytes = matrix.rows * matrix.columns * 4;
    if (unpackedBytes + bytes > budgetBytes) continue;
    unpackedBytes += bytes;
    const name = `${node.outputs[0]}/unpacked`;
    const location = `unpacked-${index}`;
    unpacked.set(location, new Uint8Array(unpackMatrix(matrix).buffer));
    added.push(externalTensor(name, [matrix.rows, matrix.columns], location, bytes));
    replaced.set(index, plainProduct(node, name));
    // An embedding that shares its table with the head still reads it packed.
    for (const input of node.inputs.slice(1, 4)) if (uses.get(input) === 1) dropped.add(input);
  }
  if (replaced.size === 0) return { model, blobs, unpackedBytes };
  const rewritten = rewriteMessage(model, {
    [MODEL_GRAPH]: (bytes) => rewriteGraph(bytes, replaced, dropped, added),
  });
  return { model: rewritten, blobs: unpacked, unpackedBytes };
}

function countUses(graph: OnnxGraph): Map<string, number> {
  const uses = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const name of [...node.inputs, ...node.captures]) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

/** The matrix of a node that can be written as a plain product; undefined for every other. */
function readPacked(
  graph: OnnxGraph,
  node: OnnxNode,
  blobs: ReadonlyMap<string, Uint8Array>,
): PackedMatrix | undefined {
  if (node.opType !== 'MatMulNBits' || node.domain !== 'com.microsoft') return undefined;
  const [, packedName = '', scalesName = '', zeroName = '', order = ''] = node.inputs;
  const [rows, columns] = [intAttribute(node, 'K'), intAttribute(node, 'N')];
  const [bits = 4, blockSize] = [intAttribute(node, 'bits'), intAttribute(node, 'block_size')];
  if (!rows || !columns || !blockSize || (bits !== 4 && bits !== 8) || order !== '') return undefined;
  const scales = graph.initializers.get(scalesName);
  const packed = dataOf(graph.initializers.get(packedName), blobs);
  const scaleBytes = scales?.type === FLOAT32 ? dataOf(scales, blobs) : undefined;
  if (!packed || !scaleBytes) return undefined;
  const zeroPoints = zeroName === '' ? undefined : dataOf(graph.initializers.get(zeroName), blobs);
  const blocks = Math.ceil(rows / blockSize);
  const isWhole =
    packed.length === columns * blocks * ((blockSize * bits) / 8) &&
    scaleBytes.length === columns * blocks * 4 &&
    // Zero points of another type than packed bytes would need another reading.
    (zeroName === '' || zeroPoints?.length === columns * Math.ceil((blocks * bits) / 8));
  if (!isWhole) return undefined;
  return {
    ...{ rows, columns, bits, blockSize, packed },
    scales: new Float32Array(scaleBytes.slice().buffer),
    ...(zeroPoints ? { zeroPoints } : {}),
  };
}

function dataOf(tensor: OnnxTensor | undefined, blobs: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined {
  if (!tensor?.span) return undefined;
  const { file, offset, length } = tensor.span;
  return blobs.get(file)?.subarray(offset, offset + length);
}

/** Columns that are written together: one line of cache holds so many float32 of a row. */
const COLUMNS_AT_ONCE = 16;

/** `[rows, columns]`, as MatMul takes it: `(number - zero point) * scale`, in float32 like the runtime's own unpacking. */
export function unpackMatrix({
  rows,
  columns,
  bits,
  blockSize,
  packed,
  scales,
  zeroPoints,
}: PackedMatrix): Float32Array {
  const values = new Float32Array(rows * columns);
  const blocks = Math.ceil(rows / blockSize);
  const blockBytes = (blockSize * bits) / 8;
  const zeroStride = Math.ceil((blocks * bits) / 8);
  const middle = 2 ** (bits - 1);
  const numberAt =
    bits === 8
      ? (bytes: Uint8Array, start: number, at: number) => bytes[start + at]!
      : (bytes: Uint8Array, start: number, at: number) => (bytes[start + (at >> 1)]! >> ((at & 1) * 4)) & 0xf;
  for (let first = 0; first < columns; first += COLUMNS_AT_ONCE) {
    const last = Math.min(columns, first + COLUMNS_AT_ONCE);
    for (let block = 0; block < blocks; block++) {
      const from = block * blockSize;
      const count = Math.min(blockSize, rows - from);
      for (let column = first; column < last; column++) {
        const start = (column * blocks + block) * blockBytes;
        const scale = scales[column * blocks + block]!;
        const zero = zeroPoints ? numberAt(zeroPoints, column * zeroStride, block) : middle;
        for (let at = 0; at < count; at++) {
          values[(from + at) * columns + column] = (numberAt(packed, start, at) - zero) * scale;
        }
      }
    }
  }
  return values;
}

/** A product with the unpacked matrix, and the sum with the bias where there is one. */
function plainProduct(node: OnnxNode, matrix: string): Uint8Array[] {
  const [input = ''] = node.inputs;
  const bias = node.inputs[5] ?? '';
  const output = node.outputs[0]!;
  const product = bias === '' ? output : `${output}/product`;
  const nodes = [makeNode({ opType: 'MatMul', inputs: [input, matrix], outputs: [product] })];
  if (bias !== '') nodes.push(makeNode({ opType: 'Add', inputs: [product, bias], outputs: [output] }));
  return nodes;
}

function externalTensor(name: string, dims: readonly number[], location: string, length: number): Uint8Array {
  const entry = (key: string, value: string) => messageField(TENSOR.external, textField(1, key), textField(2, value));
  return concatBytes([
    ...dims.map((dim) => varintField(TENSOR.dims, dim)),
    varintField(TENSOR.type, FLOAT32),
    textField(TENSOR.name, name),
    entry('location', location),
    entry('offset', '0'),
    entry('length', String(length)),
    varintField(TENSOR.location, 1),
  ]);
}

function rewriteGraph(
  bytes: Uint8Array,
  replaced: ReadonlyMap<number, Uint8Array[]>,
  dropped: ReadonlySet<string>,
  added: readonly Uint8Array[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  let nodes = 0;
  for (const field of fieldsOf(bytes)) {
    const isNode = field.number === GRAPH.node;
    const instead = isNode ? replaced.get(nodes++) : undefined;
    if (instead) parts.push(...instead.map((node) => bytesField(GRAPH.node, node)));
    else if (field.number === GRAPH.initializer && dropped.has(readTensor(payload(bytes, field)).name)) continue;
    else parts.push(bytes.subarray(field.start, field.end));
  }
  return concatBytes([...parts, ...added.map((tensor) => bytesField(GRAPH.initializer, tensor))]);
}
