// The tiny decoders of tools/fixtures with what transformers says their logits are.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FIXTURES_DIR = 'tools/fixtures/models';

export interface Fixture {
  name: string;
  dtype: 'fp32' | 'q4';
  layers: number;
  vocab: number;
  graphUrl: string;
  dataUrl: string | undefined;
  prompt: number[];
  /** Greedy continuation according to transformers. */
  greedy: number[];
  /** `[prompt + greedy, vocab]`, teacher-forced, from transformers in fp32. */
  logits: Float32Array;
}

interface IndexEntry {
  dir: string;
  dtypes: ('fp32' | 'q4')[];
  layers: number;
}

export function readFixtures(): Fixture[] {
  const index = JSON.parse(readFileSync(join(FIXTURES_DIR, 'index.json'), 'utf8')) as
    | IndexEntry[]
    | { fixtures: IndexEntry[] };
  const entries = Array.isArray(index) ? index : index.fixtures;
  return entries.flatMap(({ dir, dtypes, layers }) => dtypes.map((dtype) => readFixture(dir, dtype, layers)));
}

function readFixture(dir: string, dtype: 'fp32' | 'q4', layers: number): Fixture {
  const golden = JSON.parse(readFileSync(join(FIXTURES_DIR, dir, 'golden.json'), 'utf8'));
  const bytes = readFileSync(join(FIXTURES_DIR, dir, dtype === 'q4' ? 'golden_q4.f32' : 'golden.f32'));
  const graph = `${dir}/onnx/model${dtype === 'q4' ? '_q4' : ''}.onnx`;
  return {
    name: `${dir} ${dtype}`,
    dtype,
    layers,
    vocab: golden.vocab,
    graphUrl: `/${graph}`,
    dataUrl: existsSync(join(FIXTURES_DIR, `${graph}_data`)) ? `/${graph}_data` : undefined,
    prompt: golden.prompt,
    greedy: dtype === 'q4' ? golden.greedy_q4 : golden.greedy,
    logits: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  };
}

/** All ways to cut `layers` layers into contiguous stages, from one stage to one layer each: 2^(layers-1). */
export function allSplits(layers: number): number[][] {
  return Array.from({ length: 2 ** (layers - 1) }, (_, bits) =>
    Array.from({ length: layers - 1 }, (_, cut) => cut + 1).filter((cut) => bits & (1 << (cut - 1))),
  );
}
