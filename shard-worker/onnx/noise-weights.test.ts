// Weights of noise: the same each time, of every byte that a slice has, and of the size that keeps a layer's numbers sound.
import { expect, test } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { attentionKinds } from './attention-kinds.ts';
import { describeDecoder } from './describe-decoder.ts';
import { listFixtures, readFixture } from './fixture-models.ts';
import { noiseBytes, noiseWeights, xorshift } from './noise-weights.ts';
import { readGraph } from './read-graph.ts';
import { sliceGraph } from './slice-graph.ts';

const sliceOf = async (name: string, layer = 1) =>
  sliceGraph(await readGraph(readFixture(name).source), { start: layer, end: layer + 1 }, { maxContext: 64 });

const rms = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

test.each(listFixtures())('%s: blobs are as long as the model’s own, finite, and not empty', async (name) => {
  const slice = await sliceOf(name);
  const blobs = await noiseWeights(slice);
  expect([...blobs].map(([location, { byteLength }]) => [location, byteLength])).toEqual(
    slice.blobs.map(({ location, size }) => [location, size]),
  );
  const { initializers } = await readGraph(memorySource(slice.model));
  for (const { type, span, dims } of initializers.values()) {
    if (!span || type !== 1) continue;
    const bytes = blobs.get(span.file)!.slice(span.offset, span.offset + span.length);
    const size = rms(new Float32Array(bytes.buffer));
    // Matrices about 1 over the root of a side, steps of four bits a fourth of that, norms and rotary tables about one.
    expect(size).toBeGreaterThan(0.1 / Math.sqrt(Math.max(...dims, 64)));
    expect(size).toBeLessThan(2);
  }
});

test('the same slice has the same noise', async () => {
  const [one, other] = [
    await noiseWeights(await sliceOf('qwen3-genai/q4')),
    await noiseWeights(await sliceOf('qwen3-genai/q4')),
  ];
  expect(other).toEqual(one);
});

test.each(['float32', 'float16'] as const)('noise of %s has the size that was asked for, and both signs', (type) => {
  const bytes = noiseBytes(type, 4096, 2 ** -5, xorshift());
  expect(bytes).toHaveLength(4096 * (type === 'float16' ? 2 : 4));
  const exponents = new Set<number>();
  let negative = 0;
  const words = type === 'float16' ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  for (const word of words) {
    const [sign, exponent] =
      type === 'float16' ? [word >>> 15, ((word >>> 10) & 31) - 15] : [word >>> 31, ((word >>> 23) & 255) - 127];
    negative += sign;
    exponents.add(exponent);
  }
  expect([...exponents]).toEqual([-6]);
  expect(negative / 4096).toBeCloseTo(0.5, 1);
});

test('a model whose layers are alike has one kind of attention, an inner layer; windows make another', async () => {
  const kinds = async (name: string) => {
    const graph = await readGraph(readFixture(name).source);
    return attentionKinds(graph, describeDecoder(graph).kv);
  };
  expect(await kinds('qwen3-genai/q4')).toEqual([1]);
  expect(await kinds('llama3.2-optimum/fp32')).toEqual([1]);
  expect(await kinds('gemma3-optimum/fp32')).toEqual([1]);
  // Five of six have windows; the sixth is the last.
  expect(await kinds('gemma3-genai/q4')).toEqual([1, 5]);
});
