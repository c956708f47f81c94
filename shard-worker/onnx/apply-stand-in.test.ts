import { describe, expect, it } from 'vitest';
import { applyStandIn } from './apply-stand-in.ts';
import { makeInt } from './make-node.ts';
import { makeTestNode, type TestNode } from './make-test-model.ts';
import { textField } from './protobuf-write.ts';
import { readNode } from './read-node.ts';
import { readInt64Data } from './read-tensor.ts';

const shape = (...attributes: Uint8Array[]): TestNode => ({
  opType: 'Shape',
  inputs: ['far'],
  outputs: ['s'],
  attributes,
});
const read = (node: TestNode) => readNode(makeTestNode(node));

it('another tensor of the same shape takes the input, every other byte stays', () => {
  const extra = textField(999, 'unknown');
  const { nodes, constants } = applyStandIn(read({ ...shape(makeInt('start', 1)), extra }), {
    kind: 'same',
    tensor: 'near',
  });
  expect(constants).toEqual([]);
  expect(nodes).toEqual([makeTestNode({ ...shape(makeInt('start', 1)), inputs: ['near'], extra })]);
});

it('CastLike keeps its first input', () => {
  const like: TestNode = { opType: 'CastLike', inputs: ['far', 'far'], outputs: ['y'] };
  expect(applyStandIn(read(like), { kind: 'same', tensor: 'near' }).nodes).toEqual([
    makeTestNode({ ...like, inputs: ['far', 'near'] }),
  ]);
});

describe('the shape of the tokens comes from the hidden state', () => {
  it.each([
    [[], [0, 1]],
    [[makeInt('start', 1)], [1]],
    [[makeInt('start', -1)], [1]],
    [[makeInt('end', 1)], [0]],
    [[makeInt('start', 0), makeInt('end', -1)], [0]],
    [[makeInt('start', 1), makeInt('end', 9)], [1]],
    [[makeInt('start', 2)], []],
  ])('case %#', (attributes, axes) => {
    const { nodes, constants } = applyStandIn(read(shape(...attributes)), { kind: 'tokens', tensor: 'hidden' });
    const [whole, pick] = nodes.map((bytes) => readNode(bytes));
    expect(whole).toMatchObject({ opType: 'Shape', inputs: ['hidden'] });
    expect(pick).toMatchObject({ opType: 'Gather', inputs: [whole!.outputs[0], constants[0]!.name], outputs: ['s'] });
    expect(readInt64Data(constants[0]!)).toEqual(axes);
  });
});

it('a known shape becomes a constant under the name of the output', () => {
  const { nodes, constants } = applyStandIn(read(shape(makeInt('start', -2))), { kind: 'dims', dims: [2, 3, 4] });
  expect(nodes).toEqual([]);
  expect(constants[0]).toMatchObject({ name: 's', dims: [2] });
  expect(readInt64Data(constants[0]!)).toEqual([3, 4]);
  const size = applyStandIn(read({ ...shape(), opType: 'Size' }), { kind: 'dims', dims: [2, 3, 4] });
  expect([size.constants[0]!.dims, readInt64Data(size.constants[0]!)]).toEqual([[], [24]]);
});
