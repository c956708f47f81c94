// Which input goes to which half, by operator; that the halves compute what the whole does is in tiny-decoder.test.ts.
import { describe, expect, it } from 'vitest';
import { makeFloat } from './make-node.ts';
import { makeTestNode } from './make-test-model.ts';
import { attributeBytes, intAttribute, readNode } from './read-node.ts';
import { makeNormHalf, makeSumHalf } from './split-skip-norm.ts';

const cut = { node: 0, tensor: 'stream', type: 1, split: true };
const fused = (opType: string, inputs: string[], attributes: Uint8Array[] = []) =>
  readNode(
    makeTestNode({ opType, domain: 'com.microsoft', inputs, outputs: ['normed', '', '', 'stream'], attributes }),
  );

describe.each([
  ['SkipLayerNormalization', ['x', 'skip', 'gamma', 'beta', 'bias'], ['stream', 'gamma', 'beta'], 'bias'],
  ['SkipLayerNormalization', ['x', 'skip', 'gamma', 'beta'], ['stream', 'gamma', 'beta'], ''],
  ['SkipLayerNormalization', ['x', 'skip', 'gamma', '', 'bias'], ['stream', 'gamma'], 'bias'],
  ['SkipLayerNormalization', ['x', 'skip', 'gamma'], ['stream', 'gamma'], ''],
  ['SkipSimplifiedLayerNormalization', ['x', 'skip', 'gamma', 'bias'], ['stream', 'gamma'], 'bias'],
  ['SkipSimplifiedLayerNormalization', ['x', 'skip', 'gamma', ''], ['stream', 'gamma'], ''],
  ['SkipSimplifiedLayerNormalization', ['x', 'skip', 'gamma'], ['stream', 'gamma'], ''],
])('%s of %j', (opType, inputs, normInputs, bias) => {
  it('adds first, what is biased too, and ends in the tensor that crosses', () => {
    const sums = makeSumHalf(fused(opType, inputs), cut).map((bytes) => readNode(bytes));
    expect(sums.map((node) => [node.opType, node.domain])).toEqual(sums.map(() => ['Add', '']));
    expect(sums.flatMap((node) => node.inputs).filter((name) => !name.includes('/'))).toEqual(
      bias === '' ? ['x', 'skip'] : ['x', 'skip', bias],
    );
    expect(sums.at(-1)!.outputs).toEqual(['stream']);
    if (sums.length > 1) expect(sums[1]!.inputs[0]).toBe(sums[0]!.outputs[0]);
  });

  it('then norms what crossed, into the name that the layer reads', () => {
    const norm = readNode(makeNormHalf(fused(opType, inputs), cut));
    expect(norm).toMatchObject({
      opType: opType.replace('Skip', ''),
      domain: '',
      inputs: normInputs,
      outputs: ['normed'],
    });
    expect(intAttribute(norm, 'axis')).toBe(-1);
  });
});

it('keeps the epsilon of the fused node, and writes its default out, which is not that of the plain one', () => {
  const own = fused('SkipLayerNormalization', ['x', 's', 'g'], [makeFloat('epsilon', 1e-6)]);
  expect(attributeBytes(readNode(makeNormHalf(own, cut)), 'epsilon')).toEqual(makeFloat('epsilon', 1e-6));
  const bare = readNode(makeNormHalf(fused('SkipLayerNormalization', ['x', 's', 'g']), cut));
  expect(attributeBytes(bare, 'epsilon')).toEqual(makeFloat('epsilon', 1e-12));
});
