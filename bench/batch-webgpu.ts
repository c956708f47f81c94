// Eight sessions that each want one more token of a stage on WebGPU: all in one run against one after another, in turn. Runs
// of 1 to 8 say why: a run costs so much whoever is in it, and so much for each that is. SwiftShader by default. Tokens are
// those that WASM gives, in every lane: two runs of one GPU that agree may both be wrong.
import { parseArgs } from 'node:util';
import { serveHarness } from '../e2e/support/serve-harness.ts';
import type { ModelRef } from '../protocol/ids.ts';
import { startFakeHub } from '../shard-worker/hub/fake-hub.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import type { GpuChoice } from '../tools/browser/launch-flags.ts';
import type { BatchRequest, BatchStep } from './support/batch-worker.ts';
import { startProgress } from './support/bench-progress.ts';
import { fitLine } from './support/fit-line.ts';
import { openWorker } from './support/open-worker.ts';
import { median, summarise } from './support/quantile.ts';

const REPO = 'computepool/guide-4m';
const SIZES = [1, 2, 3, 4, 6, 8];
const MOST = 8;
/**
 * onnxruntime 1.30 multiplies 4-bit matrices with up to three rows one row at a time, and in tiles of many rows from here on:
 * two kernels, two lines.
 */
const TILED_FROM = 4;

interface Lane {
  name: string;
  size: number;
  together: boolean;
  samplesMs: number[];
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      gpu: { type: 'string', default: 'software' },
      dtype: { type: 'string', default: 'q4' },
      rounds: { type: 'string', default: '5' },
      context: { type: 'string', default: '48' },
    },
  });
  const [rounds, context] = [Number(values.rounds), Number(values.context)];
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath, gpu: values.gpu as GpuChoice });
  const closers: (() => Promise<void>)[] = [];
  try {
    const hub = await startFakeHub({ root: 'public/models', cdn: false });
    closers.push(hub.close);
    const harness = await serveHarness({ worker: 'bench/support/batch-worker.ts', modelsDir: 'public/models' });
    closers.push(harness.close);
    const ask = await openWorker<BatchRequest, BatchStep>(browser, harness.url);
    const model: ModelRef = { repo: REPO, revision: 'main', dtype: values.dtype as 'q4' };
    const request: BatchRequest = { backend: 'webgpu', source: { model, hubUrl: hub.url }, sessions: MOST, context };
    const reference = await openWorker<BatchRequest, BatchStep>(browser, harness.url);
    const onWasm: BatchRequest = { ...request, backend: 'wasm' };
    await reference(onWasm);
    const { tokens: expected } = await reference({ ...onWasm, step: { size: MOST, together: false } });
    await ask(request);
    const lanes = await measureRounds((step) => ask({ ...request, step }), rounds, expected);
    return report(lanes, { gpu: values.gpu!, dtype: model.dtype, rounds, context });
  } finally {
    for (const close of closers.reverse()) await close();
    await browser.close();
  }
}

async function measureRounds(
  step: (step: NonNullable<BatchRequest['step']>) => Promise<BatchStep>,
  rounds: number,
  expected: readonly number[],
): Promise<Lane[]> {
  const lanes: Lane[] = [
    { name: `${MOST} in turn`, size: MOST, together: false, samplesMs: [] },
    ...SIZES.map((size) => ({ name: `${size} in one run`, size, together: true, samplesMs: [] })),
  ];
  const progress = startProgress((rounds + 1) * lanes.length);
  // Downwards, so that no run carries sessions that it was not asked for; the first round compiles kernels.
  for (let round = 0; round <= rounds; round++) {
    for (const lane of [...lanes].reverse()) {
      const { ms, tokens, batch } = await step(lane);
      if (batch !== (lane.together ? lane.size : 1)) throw new Error(`${lane.name} ran ${batch} together.`);
      if (tokens.join() !== expected.slice(0, lane.size).join()) {
        throw new Error(`${lane.name} gave other tokens than WASM: its speed means nothing.`);
      }
      if (round > 0) lane.samplesMs.push(ms);
      progress.step(lane.name);
    }
  }
  progress.done();
  return lanes;
}

function report(lanes: readonly Lane[], setting: Record<string, string | number>): BenchResult {
  const [turns, ...shared] = lanes as [Lane, ...Lane[]];
  const together = shared.at(-1)!;
  const speedups = turns.samplesMs.map((ms, round) => ms / together.samplesMs[round]!);
  const fitOver = (sizes: (size: number) => boolean) =>
    fitLine(shared.filter(({ size }) => sizes(size)).map(({ size, samplesMs }) => [size, median(samplesMs)]));
  const few = fitOver((size) => size < TILED_FROM);
  const many = fitOver((size) => size >= TILED_FROM);
  const msOf = (size: number) => {
    const { fixed, slope } = size < TILED_FROM ? few : many;
    return fixed + slope * size;
  };
  const rows = lanes.map(({ name, size, together: isShared, samplesMs }) => ({
    name,
    ...summarise(samplesMs),
    msPerToken: median(samplesMs) / size,
    fittedMs: isShared ? msOf(size) : size * msOf(1),
    samplesMs,
  }));
  return {
    name: `batch-webgpu-${setting.gpu}-${setting.dtype}`,
    table: rows.map(({ name, median: ms, msPerToken, fittedMs }) => ({
      run: name,
      ms: ms.toFixed(1),
      'ms a token': msPerToken.toFixed(1),
      'fixed + rows ms': fittedMs.toFixed(1),
    })),
    results: {
      setting: { ...setting, model: REPO, layers: 'all, with embedding and head' },
      speedup: summarise(speedups),
      // A run of n costs fixed + n × row; n in turn cost n runs of one.
      arithmetic: {
        few: { upTo: TILED_FROM - 1, fixedMs: few.fixed, rowMs: few.slope },
        many: { from: TILED_FROM, fixedMs: many.fixed, rowMs: many.slope },
        speedup: (MOST * msOf(1)) / msOf(MOST),
      },
      rows,
    },
  };
}
