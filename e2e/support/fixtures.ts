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
  /** Prompts of 40, 70 and 200 tokens; of their logits the rows from the prompt's last on. */
  long: Pick<Fixture, 'prompt' | 'greedy' | 'logits'>[];
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
  const suffix = dtype === 'q4' ? '_q4' : '';
  const graph = `${dir}/onnx/model${suffix}.onnx`;
  return {
    name: `${dir} ${dtype}`,
    dtype,
    layers,
    vocab: golden.vocab,
    graphUrl: `/${graph}`,
    dataUrl: existsSync(join(FIXTURES_DIR, `${graph}_data`)) ? `/${graph}_data` : undefined,
    prompt: golden.prompt,
    greedy: dtype === 'q4' ? golden.greedy_q4 : golden.greedy,
    logits: readFloats(join(FIXTURES_DIR, dir, `golden${suffix}.f32`)),
    long: readLong(join(FIXTURES_DIR, dir), suffix, golden.vocab),
  };
}

function readLong(dir: string, suffix: '' | '_q4', vocab: number): Fixture['long'] {
  type Entry = Record<'prompt' | 'greedy' | 'greedy_q4', number[]>;
  const entries = JSON.parse(readFileSync(join(dir, 'golden_long.json'), 'utf8')) as Entry[];
  const floats = readFloats(join(dir, `golden_long${suffix}.f32`));
  let from = 0;
  return entries.map((entry) => {
    const greedy = entry[`greedy${suffix}`];
    const logits = floats.subarray(from, from + (greedy.length + 1) * vocab);
    from += logits.length;
    return { prompt: entry.prompt, greedy, logits };
  });
}

function readFloats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** All ways to cut `layers` layers into contiguous stages, from one stage to one layer each: 2^(layers-1). */
export function allSplits(layers: number): number[][] {
  return Array.from({ length: 2 ** (layers - 1) }, (_, bits) =>
    Array.from({ length: layers - 1 }, (_, cut) => cut + 1).filter((cut) => bits & (1 << (cut - 1))),
  );
}
