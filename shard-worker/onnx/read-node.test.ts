import { describe, expect, it } from 'vitest';
import { makeFloat, makeInt, makeInts } from './make-node.ts';
import { floats, makeTestNode, makeWeight } from './make-test-model.ts';
import { bytesField, concatBytes, textField } from './protobuf-write.ts';
import { attributeBytes, intAttribute, intsAttribute, readNode, tensorAttribute } from './read-node.ts';

const graphAttribute = (name: string, ...fields: Uint8Array[]) =>
  concatBytes([textField(1, name), bytesField(6, concatBytes(fields))]);

describe('readNode', () => {
  it('reads names, keeping empty inputs in their places', () => {
    const node = readNode(
      makeTestNode({ opType: 'Skip', domain: 'com.microsoft', inputs: ['a', '', 'b'], outputs: ['c', ''] }),
    );
    expect(node).toMatchObject({ opType: 'Skip', domain: 'com.microsoft', inputs: ['a', '', 'b'], outputs: ['c', ''] });
    expect(readNode(makeTestNode({ opType: 'Add', domain: 'ai.onnx', inputs: [], outputs: [] })).domain).toBe('');
  });

  it('captures what subgraphs use and do not define, at any depth', () => {
    const inner = graphAttribute(
      'then_branch',
      bytesField(1, makeTestNode({ opType: 'Mul', inputs: ['deep', 'local'], outputs: ['i'] })),
    );
    const outer = graphAttribute(
      'body',
      bytesField(11, floats('given', 1)),
      bytesField(5, makeWeight('own_weight', [2])),
      bytesField(1, makeTestNode({ opType: 'Add', inputs: ['given', 'far'], outputs: ['local'] })),
      bytesField(1, makeTestNode({ opType: 'Add', inputs: ['own_weight', 'local'], outputs: ['m'] })),
      bytesField(1, makeTestNode({ opType: 'If', inputs: ['local'], outputs: ['o'], attributes: [inner] })),
      bytesField(12, floats('passed_through', 1)),
    );
    const node = readNode(makeTestNode({ opType: 'Loop', inputs: ['n'], outputs: ['y'], attributes: [outer] }));
    expect(node.captures.sort()).toEqual(['deep', 'far', 'passed_through']);
  });

  it('refuses subgraphs without end', () => {
    let bytes = makeTestNode({ opType: 'If', inputs: [], outputs: [] });
    for (let depth = 0; depth < 12; depth++) {
      bytes = makeTestNode({
        opType: 'If',
        inputs: [],
        outputs: [],
        attributes: [graphAttribute('then_branch', bytesField(1, bytes))],
      });
    }
    expect(() => readNode(bytes)).toThrowError(expect.objectContaining({ code: 'model-unsupported' }));
  });
});

it('attributes are found by name and kind', () => {
  const value = concatBytes([textField(1, 'value'), bytesField(5, makeWeight('', [3]))]);
  const attributes = [makeInt('axis', -1), makeInts('perm', [1, 0]), makeFloat('epsilon', 1e-6), value];
  const node = readNode(makeTestNode({ opType: 'X', inputs: [], outputs: [], attributes }));
  expect(intAttribute(node, 'axis')).toBe(-1);
  expect(intsAttribute(node, 'perm')).toEqual([1, 0]);
  expect(tensorAttribute(node, 'value')?.dims).toEqual([3]);
  expect(attributeBytes(node, 'epsilon')).toEqual(makeFloat('epsilon', 1e-6));
  expect([intAttribute(node, 'none'), intsAttribute(node, 'none'), tensorAttribute(node, 'axis')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
