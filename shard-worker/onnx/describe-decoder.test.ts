import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { describeDecoder } from './describe-decoder.ts';
import { readFixture } from './fixture-models.ts';
import { makeValueInfo } from './make-node.ts';
import { makeTinyDecoder, TINY } from './make-tiny-decoder.ts';
import { readGraph } from './read-graph.ts';

const describeFixture = async (name: string) => describeDecoder(await readGraph(readFixture(name).source));

describe('bytes', () => {
  it('of a tied model count the shared matrix at both ends', async () => {
    const { tiedBytes, embeddingBytes, headBytes, sharedBytes, layerBytes } = await describeFixture('qwen3-genai/fp32');
    expect(tiedBytes).toBe(160 * 64 * 4);
    expect(embeddingBytes).toBe(tiedBytes);
    // And the final norm.
    expect(headBytes).toBe(tiedBytes + 64 * 4);
    expect(sharedBytes).toBe(2 * 256 * 8 * 4);
    expect(new Set(layerBytes).size).toBe(1);
  });

  it('of a model with its matrices apart count them apart', async () => {
    const { tiedBytes, embeddingBytes, headBytes } = await describeFixture('qwen2.5-optimum/fp32');
    expect({ tiedBytes, embeddingBytes, headBytes }).toEqual({
      tiedBytes: 0,
      embeddingBytes: 160 * 32 * 4,
      headBytes: 160 * 32 * 4,
    });
  });
});

describe('ports', () => {
  it.each([
    ['qwen3-genai/q4', true, false],
    ['qwen3-optimum/fp32', true, true],
    ['gemma3-optimum/fp32', true, false],
  ])('%s: mask %s, positions %s', async (name, needsAttentionMask, needsPositionIds) => {
    const expected = { needsAttentionMask, needsPositionIds, otherInputs: [] };
    expect(await describeFixture(name)).toMatchObject(expected);
  });

  it('names inputs that a stage would have to know', async () => {
    const bytes = makeTinyDecoder({
      edit: (m) => ({ ...m, inputs: [...m.inputs, makeValueInfo('num_logits_to_keep', 7, [])] }),
    });
    const described = describeDecoder(await readGraph(memorySource(bytes)));
    expect(described).toMatchObject({
      needsAttentionMask: false,
      otherInputs: ['num_logits_to_keep'],
      ...{ vocabSize: TINY.vocab },
    });
    expect(described.inputs[0]).toEqual({ name: 'input_ids', type: 'int64', dims: ['batch', 'tokens'] });
  });
});

it('refuses a cache of a type that is not carried', async () => {
  const bytes = makeTinyDecoder({
    edit: (m) => ({ ...m, inputs: [m.inputs[0]!, ...m.inputs.slice(1).map((_, at) => cachePort(at, 3))] }),
  });
  await expect(readGraph(memorySource(bytes)).then(describeDecoder)).rejects.toMatchObject({
    code: 'model-unsupported',
    message: expect.stringContaining('int8'),
  });
});

function cachePort(at: number, type: number): Uint8Array {
  return makeValueInfo(`past.${at >> 1}.${at % 2 ? 'value' : 'key'}`, type, ['batch', 1, 'past', TINY.hidden]);
}
