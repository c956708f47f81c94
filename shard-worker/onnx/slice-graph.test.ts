// Equality is the definition of correct: every split of every reference decoder against the whole and against
// transformers.
import { beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '../words/byte-source.ts';
import { describeDecoder } from './describe-decoder.ts';
import { type FixtureModel, listFixtures, readFixture } from './fixture-models.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { argmax, greatestDifference, type LoadedSlice, loadSlice, SliceChain } from './run-slices.ts';
import { sliceGraph } from './slice-graph.ts';

const CHUNK_TOKENS = 7;

/** `[0, N)`, both halves of every two-way split, and every layer alone. */
function splitsOf(layers: number): number[][] {
  const twoWays = Array.from({ length: layers - 1 }, (_, at) => [0, at + 1, layers]);
  return [[0, layers], ...twoWays, Array.from({ length: layers + 1 }, (_, at) => at)];
}

describe.each(listFixtures())('%s', (name) => {
  const fixture: FixtureModel = readFixture(name);
  const tokens = [...fixture.prompt, ...fixture.greedy];
  const loaded = new Map<string, LoadedSlice>();
  let graph: OnnxGraph;
  let whole: Float32Array;

  async function chain(bounds: readonly number[]): Promise<SliceChain> {
    const slices: LoadedSlice[] = [];
    for (let at = 0; at + 1 < bounds.length; at++) {
      const range = { start: bounds[at]!, end: bounds[at + 1]! };
      const key = `${range.start}-${range.end}`;
      if (!loaded.has(key)) loaded.set(key, await loadSlice(fixture, sliceGraph(graph, range, { topK: 8 })));
      slices.push(loaded.get(key)!);
    }
    return new SliceChain(fixture, slices);
  }

  beforeAll(async () => {
    graph = await readGraph(fixture.source);
    whole = (await (await chain([0, fixture.layers])).feed(tokens)).logits;
  });

  it('is described as it was made', () => {
    const { layers, hiddenSize, kvHeads, headDim, vocabSize, activation, kvType } = describeDecoder(graph);
    expect({ layers, hidden: hiddenSize, kvHeads, headDim, vocab: vocabSize }).toEqual({
      layers: fixture.layers,
      hidden: fixture.hidden,
      kvHeads: fixture.kvHeads,
      headDim: fixture.headDim,
      vocab: fixture.vocab,
    });
    expect([activation, kvType]).toEqual(['float32', 'float32']);
  });

  it.each(splitsOf(fixture.layers))('split at %s %s %s equals the whole and transformers', async (...bounds) => {
    const split = bounds.filter((bound) => bound !== undefined);
    const { logits } = await (await chain(split)).feed(tokens);
    expect(greatestDifference(logits, whole)).toBeLessThan(1e-4);
    expect(greatestDifference(logits, fixture.golden)).toBeLessThan(1e-3);

    const decoding = await chain(split);
    let last = (await decoding.feed(fixture.prompt)).logits.subarray(-fixture.vocab);
    const chosen: number[] = [];
    while (chosen.length < fixture.greedy.length) {
      chosen.push(argmax(last));
      last = (await decoding.feed(chosen.slice(-1))).logits;
    }
    expect(chosen).toEqual(fixture.greedy);
  });

  it('gives the same in chunks and token by token', async () => {
    const middle = fixture.layers >> 1;
    for (const chunkTokens of [CHUNK_TOKENS, 1]) {
      const feeding = await chain([0, middle, fixture.layers]);
      const logits: number[] = [];
      for (let at = 0; at < tokens.length; at += chunkTokens) {
        logits.push(...(await feeding.feed(tokens.slice(at, at + chunkTokens))).logits);
      }
      expect(greatestDifference(Float32Array.from(logits), whole)).toBeLessThan(1e-4);
    }
  });

  it.each([
    ['the last', [tokens.length - 1]],
    ['some', [1, 4, tokens.length - 2]],
    ['all', [...tokens.keys()]],
  ])('gives %s of the rows, as they are in the whole', async (_, rows) => {
    const exit = sliceGraph(graph, { start: 1, end: fixture.layers }, { topK: 8 });
    expect(exit.outputs.filter(({ dims }) => dims[1] === 'logit_rows').map(({ name }) => name)).toEqual(
      Object.values(exit.exitOutputs!),
    );
    const all = await (await chain([0, 1, fixture.layers])).feed(tokens, 1.3);
    const some = await (await chain([0, 1, fixture.layers])).feed(tokens, 1.3, rows);
    const pick = (values: ArrayLike<number>, width: number) =>
      Float32Array.from(rows.flatMap((row) => Array.from(values).slice(row * width, (row + 1) * width)));
    expect(greatestDifference(some.logits, pick(whole, fixture.vocab))).toBeLessThan(1e-4);
    expect(greatestDifference(some.topValues!, pick(all.topValues!, 8))).toBeLessThan(1e-4);
    expect(some.topIds).toEqual([...pick(all.topIds!, 8)]);
    expect(greatestDifference(some.logSumExp!, pick(all.logSumExp!, 1))).toBeLessThan(1e-4);
  });

  it('spares the head the rows that nobody asked for', async () => {
    const model = await readGraph(memorySource(sliceGraph(graph, { start: 1, end: fixture.layers }).model));
    const head = model.nodes.find((node) => node.outputs[0] === 'logits')!;
    const picked = model.nodes.find((node) => node.outputs[0] === head.inputs[0])!;
    expect([picked.opType, picked.inputs[1]]).toEqual(['Gather', 'logit_rows']);
    expect(head.opType).toMatch(/^MatMul/);
  });

  it('samples as the logits say', async () => {
    const inverseTemperature = 1.7;
    const result = await (await chain([0, 1, fixture.layers])).feed(tokens, inverseTemperature);
    for (let row = 0; row < tokens.length; row++) {
      const logits = result.logits.subarray(row * fixture.vocab, (row + 1) * fixture.vocab);
      const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, 8);
      expect(result.topIds!.slice(row * 8, row * 8 + 8)).toEqual(order);
      expect([...result.topValues!.subarray(row * 8, row * 8 + 8)]).toEqual(order.map((id) => logits[id]));
      const sum = logits.reduce((total, logit) => total + Math.exp(logit * inverseTemperature), 0);
      expect(result.logSumExp![row]).toBeCloseTo(Math.log(sum), 4);
    }
  });
});
