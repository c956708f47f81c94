// Which bytes a slice asks for: its own layers', the ends' at the ends, the shared tables, and not one more.

import { beforeAll, describe, expect, it } from 'vitest';
import type { WeightBlob } from '../words/weight-blob.ts';
import { type DecoderDescription, describeDecoder } from './describe-decoder.ts';
import { type FixtureModel, fillBlob, listFixtures, readFixture } from './fixture-models.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { readGraph } from './read-graph.ts';
import { greatestDifference, loadSlice, SliceChain } from './run-slices.ts';
import { sliceGraph } from './slice-graph.ts';

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const sizeOf = (blobs: WeightBlob[]) => sum(blobs.map((blob) => blob.size));

describe.each(listFixtures())('%s', (name) => {
  const fixture: FixtureModel = readFixture(name);
  let graph: OnnxGraph;
  let model: DecoderDescription;

  beforeAll(async () => {
    graph = await readGraph(fixture.source);
    model = describeDecoder(graph);
  });

  it('a slice lists the bytes of its layers and ends', () => {
    for (let start = 0; start < model.layers; start++) {
      for (let end = start + 1; end <= model.layers; end++) {
        const { blobs, entry, exit } = sliceGraph(graph, { start, end });
        const own = sum(model.layerBytes.slice(start, end));
        const ends = (entry ? model.embeddingBytes : 0) + (exit ? model.headBytes : 0);
        const twice = entry && exit ? model.tiedBytes : 0;
        const shared = blobs.find((blob) => blob.location === 'shared')?.size ?? 0;
        expect(sizeOf(blobs)).toBe(own + ends - twice + shared);
        expect(shared).toBeLessThanOrEqual(model.sharedBytes);
      }
    }
  });

  it('the solo slice lists every weight of the model once', () => {
    const { blobs } = sliceGraph(graph, { start: 0, end: model.layers });
    const spans = new Set(
      [...graph.initializers.values()].flatMap(({ span }) =>
        span ? [`${span.file}:${span.offset}:${span.length}`] : [],
      ),
    );
    expect(sizeOf(blobs)).toBe(sum([...spans].map((span) => Number(span.split(':')[2]))));
  });

  it('parts fill their blob in order, never touch, and a blob is the same in every slice', () => {
    const seen = new Map<string, string>();
    for (let start = 0; start < model.layers; start++) {
      for (const end of [start + 1, model.layers]) {
        for (const { location, size, parts } of sliceGraph(graph, { start, end }).blobs) {
          let filled = 0;
          for (const [at, part] of parts.entries()) {
            expect(part.blobOffset).toBe(filled);
            const previous = parts[at - 1];
            if (previous?.file === part.file) expect(part.offset).toBeGreaterThan(previous.offset + previous.length);
            expect(part.offset + part.length).toBeLessThanOrEqual(fixture.file(part.file).length);
            filled += part.length;
          }
          expect(filled).toBe(size);
          if (location === 'shared') continue;
          const content = JSON.stringify(parts);
          expect(seen.get(location) ?? content).toBe(content);
          seen.set(location, content);
        }
      }
    }
  });
});

describe('rotary tables', () => {
  const fixture = readFixture('gemma3-genai/fp32');
  const tokens = [...fixture.prompt, ...fixture.greedy];

  it('are cut to the context, and the logits stay', async () => {
    const graph = await readGraph(fixture.source);
    const range = { start: 0, end: fixture.layers };
    const whole = sliceGraph(graph, range);
    const cut = sliceGraph(graph, range, { maxContext: tokens.length });
    const shared = (blobs: WeightBlob[]) => blobs.find((blob) => blob.location === 'shared')!;
    // Two pairs of tables, 256 positions of 8 floats.
    expect(shared(whole.blobs).size).toBe(4 * 256 * 8 * 4);
    expect(shared(cut.blobs).size).toBe(4 * tokens.length * 8 * 4);
    expect(fillBlob(fixture, shared(cut.blobs)).length).toBe(shared(cut.blobs).size);
    const { logits } = await new SliceChain(fixture, [await loadSlice(fixture, cut)]).feed(tokens);
    expect(greatestDifference(logits, fixture.golden)).toBeLessThan(1e-3);
  });

  it('stay whole when the context is longer, or when something else reads them', async () => {
    const graph = await readGraph(fixture.source);
    const range = { start: 0, end: 1 };
    expect(sliceGraph(graph, range, { maxContext: 1000 }).blobs).toEqual(sliceGraph(graph, range).blobs);
    const reader = {
      ...graph.nodes[0]!,
      opType: 'Identity',
      domain: '',
      inputs: ['cos_cache_local'],
      outputs: ['copy'],
      captures: [],
    };
    const read = { ...graph, nodes: [...graph.nodes, reader] };
    const [before, after] = [graph, read].map(
      (g) => sliceGraph(g, range, { maxContext: 16 }).blobs.find((b) => b.location === 'shared')!.size,
    );
    expect(after! - before!).toBe((256 - 16) * 8 * 4);
  });
});

it.each([
  [{ start: 2, end: 2 }, {}],
  [{ start: -1, end: 2 }, {}],
  [{ start: 0, end: 5 }, {}],
  [{ start: 0.5, end: 2 }, {}],
  [{ start: 0, end: 2 }, { topK: -1 }],
  [{ start: 0, end: 2 }, { topK: 1.5 }],
  [{ start: 0, end: 2 }, { maxContext: 0 }],
])('refuses %j %j', async (range, options) => {
  const graph = await readGraph(readFixture('qwen3-genai/q4').source);
  expect(() => sliceGraph(graph, range, options)).toThrowError(expect.objectContaining({ code: 'bad-request' }));
});
