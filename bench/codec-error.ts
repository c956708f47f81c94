// What codecs do to logits: the embedded model cut in two and at every layer, its hidden states packed and unpacked at each
// cut, against the whole model at every position of chats and of prose. Teacher forced, so that positions are comparable.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { serveHarness } from '../e2e/support/serve-harness.ts';
import type { Codec } from '../protocol/codec.ts';
import type { Backend } from '../protocol/control.ts';
import { CODECS } from '../protocol/names.ts';
import { makePromptFormat } from '../shard-worker/driver/prompt-format.ts';
import { startServer } from '../signaling/start-server.ts';
import type { PlotSpec } from '../tools/bench/plot-spec.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import type { CodecReply, CodecRequest } from './support/codec-worker.ts';
import { type RowError, summariseRows } from './support/logit-error.ts';

const REPO = 'computepool/guide-4m';
const DIR = `public/models/${REPO}`;
const DTYPES = ['q4', 'fp32'] as const;
const CUTS = [[4], [1, 2, 3, 4, 5, 6, 7]];
const VARIANTS = CUTS.flatMap((cuts) => CODECS.map((codec) => ({ cuts, codec })));

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: { backend: { type: 'string', default: 'wasm' }, prose: { type: 'string', default: '256' } },
  });
  const backend = values.backend as Backend;
  const texts = { chats: readChats(), prose: [readProse(Number(values.prose))] };
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const server = await startServer({ modelsDir: 'public/models', logger: 'silent' });
  const harness = await serveHarness({ worker: 'bench/support/codec-worker.ts', modelsDir: DIR });
  const browser = await launchBrowser({ executablePath, gpu: backend === 'webgpu' ? 'software' : 'none' });
  try {
    const results: Measured[] = [];
    for (const dtype of DTYPES) {
      const page = await browser.newPage();
      await page.goto(harness.url);
      await page.evaluate(() => {
        (window as unknown as { worker: Worker }).worker = new Worker('/worker.js', { type: 'module' });
      });
      const source = { model: { repo: REPO, revision: 'main', dtype }, hubUrl: `${server.url}/models` };
      const pooled = VARIANTS.map((variant) => ({ ...variant, bytesPerToken: 0, rows: [] as RowError[] }));
      const kinds: Record<string, ReturnType<typeof summariseRows>[]> = {};
      for (const [kind, all] of Object.entries(texts)) {
        const ofKind = VARIANTS.map(() => [] as RowError[]);
        for (const text of all) {
          const replies = await ask(page, { backend, source, text, variants: VARIANTS });
          for (const [index, { rows, bytesPerToken }] of replies.entries()) {
            pooled[index]!.rows.push(...rows);
            pooled[index]!.bytesPerToken = bytesPerToken;
            ofKind[index]!.push(...rows);
          }
          console.error(`${dtype}, ${kind}: ${text.length} positions`);
        }
        kinds[kind] = ofKind.map(summariseRows);
      }
      for (const [index, { cuts, codec, bytesPerToken, rows }] of pooled.entries()) {
        const parts = Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all[index]!]));
        results.push({ dtype, cuts, codec, bytesPerToken, all: summariseRows(rows), ...parts });
      }
      await page.close();
    }
    return {
      name: 'codec-error',
      table: results.map(rowOf),
      plot: plotOf(results),
      results: { setting: { model: REPO, backend }, lanes: results },
    };
  } finally {
    await browser.close();
    await harness.close();
    await server.close();
  }
}

/** Without `exact`, which is 0 everywhere. */
const plotOf = (measured: readonly Measured[]): PlotSpec => ({
  title: 'What packing hidden states costs: mean divergence from the whole model per position',
  x: { label: 'bytes of a hidden state, per token and hop (int8, f16)' },
  y: { label: 'mean KL divergence, nats', type: 'log' },
  panels: DTYPES.map((dtype) => ({
    title: `guide-4m, ${dtype}`,
    series: CUTS.map((cuts) => ({
      name: cuts.length === 1 ? 'two stages' : `cut at every layer, ${cuts.length + 1} stages`,
      role: 'measured',
      points: measured
        .filter((lane) => lane.dtype === dtype && lane.cuts.length === cuts.length && lane.codec !== 'exact')
        .map(({ bytesPerToken, all }) => ({ x: bytesPerToken, y: all.meanKl })),
    })),
  })),
});

interface Measured {
  dtype: string;
  cuts: number[];
  codec: Codec;
  bytesPerToken: number;
  all: ReturnType<typeof summariseRows>;
}

/** What the model answers to questions, as its own chats are: prompt and greedy answer. */
function readChats(): number[][] {
  const { entries } = json('tools/train-model/golden.json') as {
    entries: { source: string; input_ids: number[]; greedy_ids: number[] }[];
  };
  const own = entries.filter(({ source }) => source === 'q4/onnxruntime-cpu');
  return own.map(({ input_ids, greedy_ids }) => [...input_ids, ...greedy_ids]);
}

/** The project's README: text that the model was never trained on, where it is much less sure of itself. */
function readProse(tokens: number): number[] {
  const format = makePromptFormat({
    tokenizer: json(`${DIR}/tokenizer.json`),
    tokenizerConfig: json(`${DIR}/tokenizer_config.json`),
    generationConfig: json(`${DIR}/generation_config.json`),
    config: json(`${DIR}/config.json`),
  });
  return format.encodeText(readFileSync('README.md', 'utf8')).slice(0, tokens);
}

async function ask(page: Page, request: CodecRequest): Promise<CodecReply[]> {
  const { reply, error } = await page.evaluate(
    (message) =>
      new Promise<{ reply?: CodecReply[]; error?: string }>((resolve) => {
        const { worker } = window as unknown as { worker: Worker };
        worker.onmessage = (event) => resolve(event.data);
        worker.postMessage(message);
      }),
    request,
  );
  if (!reply) throw new Error(error);
  return reply;
}

const rowOf = ({ dtype, cuts, codec, bytesPerToken, all }: Measured) => ({
  model: dtype,
  cuts: cuts.length,
  codec,
  'bytes per token': Math.round(bytesPerToken),
  'largest logit error': all.maxAbs.toExponential(2),
  'mean logit error': all.meanAbs.toExponential(2),
  'mean KL': all.meanKl.toExponential(2),
  'largest KL': all.maxKl.toExponential(2),
  'same greedy token': `${(100 * all.sameGreedy).toFixed(2)} %`,
  positions: all.positions,
});
