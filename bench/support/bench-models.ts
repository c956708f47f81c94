// Models of benches as folders that a site serves: the embedded one, and ones with made-up weights, which are written once
// and kept in .cache/.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelRef } from '../../protocol/ids.ts';
import { type BenchModelShape, fileNames, makeBenchModel } from './make-bench-model.ts';

export interface BenchModel {
  /** What a site is given as `modelsDir`. */
  modelsDir: string;
  model: ModelRef;
  layers: number;
  vocab: number;
  context: number;
  /** Weights stay packed, though WASM unpacks them at each step then: where compute is not the subject and must be long. */
  isPacked?: boolean;
}

/** What each tab lends, alone or in a ring: caches of many sessions and unpacked weights of any model here fit. */
export const LENT_BYTES = 3_000_000_000;

const CACHE = join('.cache', 'bench-models');
/** Another one when what is written changes: older folders are not found any more. */
const FORMAT = 3;

export const GUIDE: BenchModel = {
  modelsDir: 'public/models',
  model: { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' },
  layers: 8,
  vocab: 2048,
  context: 1024,
};

/** A decode step of 15 to 20 ms on one WASM thread; packed some 100, like that of a real model on a consumer's GPU. */
export const LARGE: BenchModelShape = {
  layers: 12,
  hidden: 768,
  intermediate: 2048,
  heads: 12,
  kvHeads: 4,
  headDim: 64,
  vocab: 8192,
  context: 4096,
  seed: 1,
};

/** A fourth of it: packed some 30 ms a step, one layer a stage for three stages. */
export const MIDDLE: BenchModelShape = { ...LARGE, layers: 3 };

/** One layer a stage for four stages; the last one costs some fifty times what each of the others does. */
export const HEAVY_LAST: BenchModelShape = {
  layers: 4,
  hidden: 512,
  intermediate: 512,
  lastIntermediate: 73_728,
  heads: 8,
  kvHeads: 2,
  headDim: 64,
  vocab: 4096,
  context: 1024,
  seed: 1,
};

/** Small, with a long context: what attention costs shows early, and a prefill of 4,096 tokens takes seconds. */
export const LONG: BenchModelShape = {
  layers: 4,
  hidden: 256,
  intermediate: 704,
  heads: 4,
  kvHeads: 2,
  headDim: 64,
  vocab: 2048,
  context: 4352,
  seed: 1,
};

/** For chats: answers as long as they are asked for, prompts of thousands of tokens. */
export const TALKER: BenchModelShape = {
  layers: 6,
  hidden: 256,
  intermediate: 704,
  heads: 4,
  kvHeads: 2,
  headDim: 64,
  vocab: GUIDE.vocab,
  context: 4096,
  seed: 1,
};

/** Three slices of 315 MB in plain float32, which WASM computes at some 20 ms a step, and loads in seconds. */
export const WIDE_TALKER: BenchModelShape = {
  ...TALKER,
  hidden: 1536,
  intermediate: 7168,
  heads: 12,
  kvHeads: 4,
  headDim: 128,
  context: 1024,
  isFloat: true,
};

/** As large as models in use: 2.3 GB in int4, of which no tab here could hold the whole. */
export const RANDOM_3_6B: BenchModelShape = {
  layers: 36,
  hidden: 2560,
  intermediate: 9728,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  vocab: GUIDE.vocab,
  context: 4096,
  seed: 1,
};

/** Writes the model if it is not there; `onWrite` is told before. */
export function ensureBenchModel(shape: BenchModelShape, onWrite: () => void = () => {}): BenchModel {
  const key = createHash('sha256')
    .update(JSON.stringify([FORMAT, shape]))
    .digest('hex')
    .slice(0, 12);
  // The owner's name is the one whose models tabs ask the site for, and not a hub.
  const repo = `computepool/random-${shape.layers}x${shape.hidden}`;
  const modelsDir = join(CACHE, key);
  if (!existsSync(modelsDir)) {
    onWrite();
    writeModel(modelsDir, repo, shape);
  }
  const { layers, vocab, context } = shape;
  return { modelsDir, model: { repo, revision: 'main', dtype: dtypeOf(shape) }, layers, vocab, context };
}

const dtypeOf = ({ isFloat }: BenchModelShape) => (isFloat ? ('fp32' as const) : ('q4' as const));

/** What makes text of ids, and ids of messages. */
const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json'];

function writeModel(modelsDir: string, repo: string, shape: BenchModelShape): void {
  const { config, graph, data } = makeBenchModel(shape);
  const names = fileNames(shape);
  const text = (value: unknown) => Buffer.from(JSON.stringify(value));
  /** In parts: one file may be larger than what a buffer or a hash takes at once. */
  const files: Record<string, readonly Uint8Array[]> = {
    'config.json': [text(config)],
    'generation_config.json': [text({ eos_token_id: 0 })],
    [`onnx/${names.graph}`]: [graph],
    [`onnx/${names.data}`]: data,
  };
  for (const path of TOKENIZER) files[path] = [tokenizerFile(path, shape.vocab)];
  // A run that breaks off leaves no half a model behind.
  const building = `${modelsDir}.${process.pid}`;
  const listed = Object.entries(files).map(([path, parts]) => {
    mkdirSync(dirname(join(building, repo, path)), { recursive: true });
    return [path, writeParts(join(building, repo, path), parts)];
  });
  const bytes = data.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const parameters = shape.isFloat ? bytes / 4 : bytes * 2;
  const about = {
    repo,
    dtypes: [dtypeOf(shape)],
    title: repo,
    description: 'Made-up weights, for measurements.',
    parameters,
  };
  writeFileSync(
    join(building, 'index.json'),
    JSON.stringify({ models: [{ ...about, files: Object.fromEntries(listed) }] }),
  );
  renameSync(building, modelsDir);
}

/** The embedded model's; a larger vocabulary gets made-up words, so that every id has a text. */
function tokenizerFile(path: string, vocab: number): Uint8Array {
  const bytes = readFileSync(join(GUIDE.modelsDir, GUIDE.model.repo, path));
  if (path !== 'tokenizer.json' || vocab <= GUIDE.vocab) return bytes;
  const file = JSON.parse(bytes.toString()) as { model: { vocab: Record<string, number> } };
  for (let id = GUIDE.vocab; id < vocab; id++) file.model.vocab[`word${id}`] = id;
  return Buffer.from(JSON.stringify(file));
}

function writeParts(path: string, parts: readonly Uint8Array[]): { size: number; sha256: string } {
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  try {
    for (const part of parts) {
      hash.update(part);
      writeFileSync(file, part);
    }
  } finally {
    closeSync(file);
  }
  return { size: parts.reduce((sum, { byteLength }) => sum + byteLength, 0), sha256: hash.digest('hex') };
}
