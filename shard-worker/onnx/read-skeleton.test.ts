// What stays in the graph and what is passed over, by the very byte; and files that say something impossible.
import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { makeInt } from './make-node.ts';
import { makeTestNode, makeWeight } from './make-test-model.ts';
import { bytesField, concatBytes, textField, varint, varintField } from './protobuf-write.ts';
import { readNode } from './read-node.ts';
import { INLINE_BYTES, readSkeleton, readSparseNode } from './read-skeleton.ts';
import { readTensor, TENSOR } from './read-tensor.ts';
import { WindowCursor } from './window-cursor.ts';

const MB = 1024 * 1024;
const unreadable = (message: string) =>
  expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(message) });

/** A cursor behind some bytes that are another message's. */
async function cursorAt(bytes: Uint8Array, before = 11) {
  const cursor = new WindowCursor(memorySource(concatBytes([new Uint8Array(before), bytes, Uint8Array.of(0xff)])));
  await cursor.take(before);
  return { cursor, end: before + bytes.length };
}

describe('a tensor', () => {
  const read = async (bytes: Uint8Array) => {
    const { cursor, end } = await cursorAt(bytes);
    const tensor = await readSkeleton(cursor, end);
    expect(cursor.position).toBe(end);
    return tensor;
  };

  it('of the least long data has it outside, with a span that says where', async () => {
    const bytes = makeWeight('w', [INLINE_BYTES / 4]);
    const tensor = await read(bytes);
    expect(tensor).toMatchObject({ name: 'w', dims: [256] });
    expect(tensor.span).toEqual({ file: '', offset: 11 + bytes.length - INLINE_BYTES, length: INLINE_BYTES });
    expect(tensor.bytes.length).toBeLessThan(32);
  });

  it('of a number less keeps it', async () => {
    const bytes = makeWeight('w', [INLINE_BYTES / 4 - 1]);
    const tensor = await read(bytes);
    expect(tensor.span).toBeUndefined();
    expect(tensor.bytes).toEqual(bytes);
  });

  it('keeps what stands behind its data, and fields that nobody knows', async () => {
    const doc = concatBytes([textField(12, 'about it'), varintField(99, 7)]);
    const tensor = await read(makeWeight('w', [512], doc));
    expect(Buffer.from(tensor.bytes).includes(Buffer.from(doc))).toBe(true);
  });

  it('whose shape needs other bytes than it has is refused', async () => {
    const lying = concatBytes([varintField(TENSOR.dims, 511), bytesField(TENSOR.rawData, new Uint8Array(2048))]);
    await expect(read(concatBytes([varintField(TENSOR.type, 1), lying]))).rejects.toEqual(unreadable('2044 bytes'));
  });

  it('with more typed data than may stay in a graph is refused before it is read', async () => {
    let bytesRead = 0;
    const start = concatBytes([varint(4 * 8 + 2), varint(64 * MB)]);
    const source = {
      size: start.length + 64 * MB,
      read: async (offset: number, length: number) => {
        bytesRead += length;
        const window = new Uint8Array(length);
        window.set(start.subarray(offset, offset + length));
        return window;
      },
    };
    await expect(readSkeleton(new WindowCursor(source), source.size)).rejects.toEqual(unreadable('typed data'));
    expect(bytesRead).toBeLessThan(MB);
  });

  it('that ends before its data does is refused', async () => {
    const { cursor, end } = await cursorAt(makeWeight('w', [512]));
    await expect(readSkeleton(cursor, end - 1)).rejects.toEqual(unreadable('longer than its message'));
  });
});

describe('a long node', () => {
  const read = async (bytes: Uint8Array, maxBytes = MB) => {
    const { cursor, end } = await cursorAt(bytes);
    return readSparseNode(cursor, end, maxBytes);
  };
  const holding = (tensor: Uint8Array) =>
    concatBytes([textField(1, 'value'), bytesField(5, tensor), varintField(20, 4)]);
  const constant = (tensor: Uint8Array) =>
    makeTestNode({ opType: 'Constant', inputs: [], outputs: ['made'], attributes: [holding(tensor)] });

  it.each(['', 'a name of its own'])(
    'that is a Constant becomes a weight of its output’s name, not “%s”',
    async (name) => {
      const bytes = constant(makeWeight(name, [1024]));
      const { constant: weight } = await read(bytes);
      expect(weight).toMatchObject({ name: 'made', dims: [1024], span: { length: 4096 } });
      const end = 11 + bytes.length;
      // The attribute's kind is the only thing behind its data.
      expect(weight!.span!.offset).toBe(end - varintField(20, 4).length - 4096);
      expect(readTensor(weight!.bytes, weight!.span).name).toBe('made');
      expect(Buffer.from(weight!.bytes).includes('a name of its own')).toBe(false);
    },
  );

  it('that is a Constant of many small fields keeps its data, under the output’s name', async () => {
    const typed = concatBytes([
      varintField(TENSOR.dims, 400),
      varintField(TENSOR.type, 7),
      ...Array.from({ length: 400 }, (_, at) => varintField(TENSOR.int64Data, 1000 + at)),
    ]);
    const { constant: weight } = await read(constant(typed));
    expect(weight).toMatchObject({ name: 'made', dims: [400], type: 7 });
    expect(weight!.span).toBeUndefined();
    expect(readTensor(weight!.bytes)).toMatchObject({ name: 'made', dims: [400] });
  });

  it('that is none comes back as it was, though it holds a large tensor', async () => {
    const bytes = makeTestNode({
      opType: 'ConstantOfShape',
      inputs: ['shape'],
      outputs: ['y'],
      attributes: [holding(makeWeight('v', [600])), makeInt('axis', 1)],
    });
    expect(await read(bytes)).toEqual({ bytes });
    expect(readNode(bytes).opType).toBe('ConstantOfShape');
  });

  it('that is longer than it may be is refused, one of just that length is not', async () => {
    const bytes = makeTestNode({ opType: 'Concat', inputs: Array(300).fill('input'), outputs: ['y'] });
    expect((await read(bytes, bytes.length)).bytes).toEqual(bytes);
    await expect(read(bytes, bytes.length - 1)).rejects.toEqual(unreadable('a node is too long'));
  });

  it('that is a Constant without a tensor is refused', async () => {
    const text = concatBytes([textField(1, 'value_string'), textField(4, 'x'.repeat(2000))]);
    const bytes = makeTestNode({ opType: 'Constant', inputs: [], outputs: ['made'], attributes: [text] });
    await expect(read(bytes)).rejects.toEqual(unreadable('holds no tensor'));
  });
});
