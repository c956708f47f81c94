// The planner's arithmetic against what slices fetch, to the byte: with the embedded model and every reference decoder.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestSchema, stageBytes } from '../../protocol/manifest.ts';
import { describeDecoder } from '../onnx/describe-decoder.ts';
import { listFixtures, readFixture } from '../onnx/fixture-models.ts';
import { readGraph } from '../onnx/read-graph.ts';
import { sliceGraph } from '../onnx/slice-graph.ts';
import { memorySource } from '../words/byte-source.ts';
import { contextLimit } from './context-limit.ts';
import { makeManifest } from './make-manifest.ts';

const EMBEDDED = new URL('../../public/models/computepool/guide-4m/', import.meta.url);
const readEmbedded = (path: string) => readFileSync(new URL(path, EMBEDDED));
const embeddedContext = contextLimit(JSON.parse(readEmbedded('config.json').toString()));
/** Shorter than every table of the reference decoders, which have 128 rows. */
const SHORT_CONTEXT = 48;

const models: [string, () => Uint8Array, number][] = [
  ['the embedded model, q4', () => readEmbedded('onnx/model_q4.onnx'), embeddedContext],
  ['the embedded model, fp32', () => readEmbedded('onnx/model.onnx'), embeddedContext],
  ['the embedded model, q4, in a short context', () => readEmbedded('onnx/model_q4.onnx'), SHORT_CONTEXT],
  // Gemma's layers differ in their tables: see below.
  ...listFixtures()
    .filter((name) => !name.startsWith('gemma3'))
    .map((name): [string, () => Uint8Array, number] => [name, () => readFixture(name).file(''), SHORT_CONTEXT]),
];

async function open(bytes: Uint8Array, maxContext: number) {
  const graph = await readGraph(memorySource(bytes));
  const manifest = await makeManifest(graph, describeDecoder(graph), maxContext);
  const fetched = (start: number, end: number) =>
    sliceGraph(graph, { start, end }, { maxContext })
      .blobs.flatMap((blob) => blob.parts)
      .reduce((sum, part) => sum + part.length, 0);
  return { manifest, fetched };
}

describe.each(models)('%s', (_, read, maxContext) => {
  it('stages fetch what the manifest says', async () => {
    const { manifest, fetched } = await open(read(), maxContext);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    const { layers } = manifest;
    const half = layers >> 1;
    for (const [start, end] of [
      [0, layers],
      [0, 1],
      [0, half],
      [half, layers],
      [layers - 1, layers],
      [half, half + 1],
      [1, layers - 1],
    ] as const) {
      expect(stageBytes(manifest, start, end), `[${start}, ${end})`).toBe(fetched(start, end));
    }
  });
});

it('a solo stage of a tied model fetches the matrix once, and the manifest knows', async () => {
  const { manifest, fetched } = await open(readFixture('qwen3-genai/fp32').file(''), SHORT_CONTEXT);
  expect(manifest.tiedBytes).toBe(160 * 64 * 4);
  expect(fetched(0, 2) + fetched(2, manifest.layers)).toBe(
    fetched(0, manifest.layers) + manifest.tiedBytes + manifest.sharedBytes,
  );
});

it('a stage whose layers use some of the tables only fetches less than the manifest says, never more', async () => {
  const { manifest, fetched } = await open(readFixture('gemma3-genai/q4').file(''), SHORT_CONTEXT);
  expect(fetched(0, manifest.layers)).toBe(stageBytes(manifest, 0, manifest.layers));
  const spared = stageBytes(manifest, 0, 1) - fetched(0, 1);
  expect(spared).toBe(manifest.sharedBytes / 2);
});

it('the hash is of the structure alone, whatever the context', async () => {
  const [short, long] = [
    await open(readEmbedded('onnx/model_q4.onnx'), 16),
    await open(readEmbedded('onnx/model_q4.onnx'), 64),
  ];
  const other = await open(readEmbedded('onnx/model.onnx'), 16);
  expect(short.manifest.graphSha256).toBe(long.manifest.graphSha256);
  expect(short.manifest.sharedBytes).toBeLessThan(long.manifest.sharedBytes);
  expect(other.manifest.graphSha256).not.toBe(short.manifest.graphSha256);
});
