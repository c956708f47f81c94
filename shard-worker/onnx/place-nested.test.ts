import { expect, it } from 'vitest';
import type { Placement } from './lay-out-blobs.ts';
import { makeTestNode, makeWeight } from './make-test-model.ts';
import type { OnnxTensor } from './onnx-graph.ts';
import { placeNested } from './place-nested.ts';
import { bytesField, concatBytes, messageField, textField, varintField } from './protobuf-write.ts';
import { readNode } from './read-node.ts';

const far = (name: string, offset: number, extra: Uint8Array = new Uint8Array(0)) =>
  concatBytes([
    varintField(1, 8),
    varintField(2, 1),
    textField(8, name),
    messageField(13, textField(1, 'location'), textField(2, 'm.onnx_data')),
    messageField(13, textField(1, 'offset'), textField(2, String(offset))),
    varintField(14, 1),
    extra,
  ]);

/** As the model builder switches between two rotary tables by the length of the context. */
const branch = (name: string, ...tensors: Uint8Array[]) =>
  concatBytes([textField(1, name), bytesField(6, concatBytes(tensors.map((tensor) => bytesField(5, tensor))))]);
const node = readNode(
  makeTestNode({
    opType: 'If',
    inputs: ['is_long'],
    outputs: ['cos'],
    attributes: [
      branch('then_branch', far('cos_long', 64, textField(999, 'kept'))),
      branch('else_branch', makeWeight('small', [2]), far('cos_short', 96)),
    ],
  }),
);

it('external tensors in branches get their places, in order; all else stays', () => {
  expect(node.nested.map(({ name, span }) => [name, span?.offset])).toEqual([
    ['cos_long', 64],
    ['cos_short', 96],
  ]);
  const places = new Map<OnnxTensor, Placement>(
    node.nested.map((tensor, at) => [tensor, { location: 'shared', offset: at * 32, length: 32, dims: [8] }]),
  );
  const placed = readNode(placeNested(node, places));
  expect(placed.nested.map(({ name, dims, span }) => [name, dims, span])).toEqual([
    ['cos_long', [8], { file: 'shared', offset: 0, length: 32 }],
    ['cos_short', [8], { file: 'shared', offset: 32, length: 32 }],
  ]);
  const text = Buffer.from(placed.bytes).toString('latin1');
  expect(text).toContain('kept');
  expect(text).not.toContain('m.onnx_data');
  expect(placed.inputs).toEqual(['is_long']);
});

it('a node without such tensors is the same bytes', () => {
  const plain = readNode(makeTestNode({ opType: 'Add', inputs: ['a', 'b'], outputs: ['c'] }));
  expect(placeNested(plain, new Map())).toBe(plain.bytes);
});
