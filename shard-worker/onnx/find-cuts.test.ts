import { describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { readFixture } from './fixture-models.ts';
import { makeInt } from './make-node.ts';
import type { TestModel } from './make-test-model.ts';
import { makeTinyDecoder } from './make-tiny-decoder.ts';
import { FLOAT16, FLOAT32 } from './onnx-graph.ts';
import { readDecoder } from './read-decoder.ts';
import { readGraph } from './read-graph.ts';

const cutsOf = async (bytes: Uint8Array) => readDecoder(await readGraph(memorySource(bytes))).cuts;

describe('exported graphs', () => {
  it.each([
    ['qwen3-genai/fp32', '/model/embed_tokens/Gather/output_0', '/model/layers.1/input_layernorm/output_3', true],
    [
      'llama3.2-genai/q4',
      '/model/embed_tokens/GatherBlockQuantized/output_0',
      '/model/layers.1/input_layernorm/output_3',
      true,
    ],
    ['gemma3-genai/q4', '/model/embed_tokens/Mul/output_0', '/model/layers.1/input_layernorm/output_3', true],
    [
      'qwen2.5-optimum/fp32',
      '/model/layers.0/input_layernorm/Cast_output_0',
      '/model/layers.1/input_layernorm/Cast_output_0',
      false,
    ],
  ])('%s is cut at the residual stream', async (name, first, second, split) => {
    const { before, head } = readDecoder(await readGraph(readFixture(name).source)).cuts;
    expect(before[0]).toMatchObject({ tensor: first, split: false, type: FLOAT32 });
    expect(before[1]).toMatchObject({ tensor: second, split, type: FLOAT32 });
    expect(new Set(before.map((cut) => cut.node)).size).toBe(before.length);
    expect(head.node).toBeGreaterThan(before.at(-1)!.node);
  });
});

describe('a stream kept in half precision', () => {
  /** After each fused norm the sum is narrowed to half and widened again, as converted files do. */
  const narrow = (model: TestModel): TestModel => ({
    ...model,
    nodes: model.nodes.flatMap((node) => {
      const sum = node.outputs[3];
      if (!sum) return [node];
      // Through the casts all that follows must pass, so the norm is taken of them, not fused.
      const plain = { opType: 'Add', inputs: node.inputs.slice(0, 2), outputs: [`${sum}/wide`] };
      const cast = (from: string, to: string, type: number) => ({
        opType: 'Cast',
        inputs: [from],
        outputs: [to],
        attributes: [makeInt('to', type)],
      });
      const norm = {
        opType: 'LayerNormalization',
        inputs: [sum, node.inputs[2]!, node.inputs[3]!],
        outputs: [node.outputs[0]!],
      };
      return [plain, cast(`${sum}/wide`, `${sum}/half`, FLOAT16), cast(`${sum}/half`, sum, FLOAT32), norm];
    }),
  });

  it('is cut where it is narrow', async () => {
    const { before } = await cutsOf(makeTinyDecoder({ edit: narrow }));
    expect(before.slice(1).map(({ tensor, type }) => [tensor, type])).toEqual([
      ['layers.1.stream/half', FLOAT16],
      ['layers.2.stream/half', FLOAT16],
    ]);
  });
});

describe('refuses', () => {
  it('a layer on which nothing depends', async () => {
    // Layer 2's cache is handed through, and its layer removed from the stream.
    const orphan = (model: TestModel): TestModel => ({
      ...model,
      nodes: model.nodes.map((node) => {
        const index = node.inputs.findIndex((name) => name.startsWith('past.2.'));
        return index < 0 ? node : { opType: 'Identity', inputs: ['past.1.key'], outputs: node.outputs };
      }),
    });
    await expect(cutsOf(makeTinyDecoder({ edit: orphan }))).rejects.toMatchObject({ code: 'model-unsupported' });
  });
});
