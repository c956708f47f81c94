// Reads one tensor, or one node that holds a tensor, around its raw_data: the message without the data, and where
// the data lies. Owns which tensors stay inline; never reads large data.
import type { FileSpan, OnnxTensor } from './onnx-graph.ts';
import { malformed } from './protobuf-read.ts';
import { concatBytes, rewriteMessage, textField } from './protobuf-write.ts';
import { ATTRIBUTE, NODE, readNode } from './read-node.ts';
import { readTensor, TENSOR } from './read-tensor.ts';
import type { WindowCursor } from './window-cursor.ts';

/** Raw data below this stays in the graph: a request for it would cost more than its bytes. */
export const INLINE_BYTES = 1024;
/** Typed data (float_data, int32_data) cannot be external data, so it is kept; a weight stored so is refused here. */
const MAX_TYPED_BYTES = 16 * 1024 * 1024;

/** Reads the TensorProto that ends at `end`, from the cursor on. */
export async function readSkeleton(cursor: WindowCursor, end: number): Promise<OnnxTensor> {
  const kept: Uint8Array[] = [];
  let raw: FileSpan | undefined;
  while (cursor.position < end) {
    const header = await cursor.header(end);
    const fieldBytes = header.headerBytes + header.valueBytes;
    if (header.number === TENSOR.rawData && header.wire === 2 && header.valueBytes >= INLINE_BYTES) {
      raw = { file: '', offset: cursor.position + header.headerBytes, length: header.valueBytes };
      cursor.skip(fieldBytes);
      continue;
    }
    if (fieldBytes > MAX_TYPED_BYTES) throw malformed('a weight is stored as typed data');
    kept.push(await cursor.take(fieldBytes));
  }
  return readTensor(concatBytes(kept), raw);
}

/**
 * Reads a long NodeProto. A Constant whose value is large comes back as `constant`, an initializer of the same name
 * (the two mean the same); any other node comes back whole in `bytes`.
 */
export async function readSparseNode(
  cursor: WindowCursor,
  end: number,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; constant?: OnnxTensor }> {
  const kept: Uint8Array[] = [];
  let value: OnnxTensor | undefined;
  let keptBytes = 0;
  while (cursor.position < end) {
    const header = await cursor.header(end);
    const fieldBytes = header.headerBytes + header.valueBytes;
    if (
      header.number === NODE.attribute &&
      fieldBytes > INLINE_BYTES &&
      readNode(concatBytes(kept)).opType === 'Constant'
    ) {
      cursor.skip(header.headerBytes);
      value = await readConstantValue(cursor, cursor.position + header.valueBytes);
      continue;
    }
    keptBytes += fieldBytes;
    if (keptBytes > maxBytes) throw malformed('a node is too long');
    kept.push(await cursor.take(fieldBytes));
  }
  const bytes = concatBytes(kept);
  if (!value) return { bytes };
  const name = readNode(bytes).outputs[0] ?? '';
  // The tensor of a Constant often has no name, or one of its own: as an initializer it needs the output's.
  const renamed = rewriteMessage(value.bytes, { [TENSOR.name]: null }, [textField(TENSOR.name, name)]);
  return { bytes, constant: value.span ? { ...value, name, bytes: renamed } : readTensor(renamed) };
}

async function readConstantValue(cursor: WindowCursor, end: number): Promise<OnnxTensor> {
  let tensor: OnnxTensor | undefined;
  while (cursor.position < end) {
    const header = await cursor.header(end);
    if (header.number === ATTRIBUTE.tensor && header.wire === 2) {
      cursor.skip(header.headerBytes);
      tensor = await readSkeleton(cursor, cursor.position + header.valueBytes);
    } else {
      await cursor.take(header.headerBytes + header.valueBytes);
    }
  }
  if (!tensor) throw malformed('a Constant holds no tensor');
  return tensor;
}
