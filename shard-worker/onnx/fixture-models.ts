// Reads the tiny reference decoders of tools/fixtures/models, for tests alone: their files, their golden logits and
// the bytes of a slice's blobs. Runs in Node; never part of a page.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ByteSource, memorySource } from '../words/byte-source.ts';
import type { WeightBlob } from '../words/weight-blob.ts';

const ROOT = fileURLToPath(new URL('../../tools/fixtures/models', import.meta.url));

/** One exported file of a reference decoder, with what transformers computes from the same weights. */
export interface FixtureModel {
  /** `<folder>/<dtype>`. */
  name: string;
  dtype: 'fp32' | 'q4';
  layers: number;
  hidden: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
  /** Weights lie in a file beside the graph. */
  external: boolean;
  /** The graph file. */
  source: ByteSource;
  /** A file by its location in the graph; '' is the graph itself. */
  file(location: string): Uint8Array;
  prompt: number[];
  /** What greedy decoding continues the prompt with. */
  greedy: number[];
  /** `[prompt + greedy, vocab]`, teacher-forced. */
  golden: Float32Array;
}

interface IndexEntry {
  dir: string;
  dtypes: ('fp32' | 'q4')[];
  layers: number;
  hidden: number;
  kvHeads: number;
  headDim: number;
  external: boolean;
}

/** Names of all fixtures, `<folder>/<dtype>`. */
export function listFixtures(): string[] {
  return readIndex().flatMap(({ dir, dtypes }) => dtypes.map((dtype) => `${dir}/${dtype}`));
}

/** Reads a fixture by its name. */
export function readFixture(name: string): FixtureModel {
  const [dir, dtype] = name.split('/') as [string, 'fp32' | 'q4'];
  const entry = readIndex().find((candidate) => candidate.dir === dir);
  if (!entry) throw new Error(`no fixture ${name}`);
  const suffix = dtype === 'q4' ? '_q4' : '';
  const golden = JSON.parse(readFileSync(`${ROOT}/${dir}/golden.json`, 'utf8'));
  const logits = Uint8Array.from(readFileSync(`${ROOT}/${dir}/golden${suffix}.f32`));
  const { layers, hidden, kvHeads, headDim, external } = entry;
  const file = (location: string) => readFileSync(`${ROOT}/${dir}/onnx/${location || `model${suffix}.onnx`}`);
  return {
    name,
    dtype,
    layers,
    hidden,
    kvHeads,
    headDim,
    external,
    vocab: golden.vocab,
    source: memorySource(file('')),
    file,
    prompt: golden.prompt,
    greedy: golden[`greedy${suffix}`],
    golden: new Float32Array(logits.buffer),
  };
}

/** Fills a blob from the fixture's files, as a loader does from ranges. */
export function fillBlob(fixture: FixtureModel, blob: WeightBlob): Uint8Array {
  const bytes = new Uint8Array(blob.size);
  for (const part of blob.parts) {
    bytes.set(fixture.file(part.file).subarray(part.offset, part.offset + part.length), part.blobOffset);
  }
  return bytes;
}

function readIndex(): IndexEntry[] {
  return JSON.parse(readFileSync(`${ROOT}/index.json`, 'utf8'));
}
