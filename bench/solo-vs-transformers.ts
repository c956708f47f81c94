// One tab alone against `generate` of @huggingface/transformers: the same ONNX files, the same backend, the same browser, in
// one run. Rounds interleave and each ratio is within a round; both must give the same greedy tokens.
import { parseArgs } from 'node:util';
import { serveHarness } from '../e2e/support/serve-harness.ts';
import type { Backend } from '../protocol/control.ts';
import type { ModelRef } from '../protocol/ids.ts';
import { startFakeHub } from '../shard-worker/hub/fake-hub.ts';
import { atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { startProgress } from './support/bench-progress.ts';
import { openWorker } from './support/open-worker.ts';
import { median, summarise } from './support/quantile.ts';
import type { SoloRequest } from './support/solo-worker.ts';
import type { TimedAnswer } from './support/timed-answer.ts';

const REPO = 'computepool/guide-4m';
/** Token ids of no meaning: what a step costs does not depend on them. */
const PROMPT = Array.from({ length: 24 }, (_, index) => 300 + index * 7);
/** SwiftShader takes some hundred times as long for a step as WASM. */
const DEFAULTS = { wasm: { rounds: 9, tokens: 96 }, webgpu: { rounds: 3, tokens: 12 } };

const AIM_SPEED = 1.2;

const OURS = 'computepool';
const THEIRS = 'transformers 4.3.1';
/** The library always loads the runtime's WebGPU build; this lane shows how much of a difference is that choice. */
const THEIRS_PLAIN = 'transformers, WASM-only build';

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'wasm' },
      dtype: { type: 'string', default: 'q4' },
      rounds: { type: 'string' },
      tokens: { type: 'string' },
    },
  });
  const backend = values.backend as Backend;
  const rounds = Number(values.rounds ?? DEFAULTS[backend].rounds);
  const maxTokens = Number(values.tokens ?? DEFAULTS[backend].tokens);
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath, gpu: backend === 'webgpu' ? 'software' : 'none' });
  const closers: (() => Promise<void>)[] = [];
  try {
    const hub = await startFakeHub({ root: 'public/models', cdn: false });
    closers.push(hub.close);
    const model: ModelRef = { repo: REPO, revision: 'main', dtype: values.dtype as 'q4' };
    const request: SoloRequest = { backend, source: { model, hubUrl: hub.url }, prompt: PROMPT, maxTokens };
    const lanes = new Map<string, () => Promise<TimedAnswer>>();
    const add = async (name: string, worker: string, alias: Record<string, string> = {}) => {
      const harness = await serveHarness({ worker, modelsDir: 'public/models', alias });
      closers.push(harness.close);
      const ask = await openWorker<SoloRequest, TimedAnswer>(browser, harness.url);
      lanes.set(name, () => ask(request));
    };
    await add(THEIRS, 'bench/support/generate-worker.ts');
    if (backend === 'wasm') {
      const alias = { 'onnxruntime-web/webgpu': 'onnxruntime-web/wasm' };
      await add(THEIRS_PLAIN, 'bench/support/generate-worker.ts', alias);
    }
    await add(OURS, 'bench/support/solo-worker.ts');
    const samples = await measureRounds(lanes, rounds);
    return report(samples, { backend, dtype: model.dtype, rounds, maxTokens, promptTokens: PROMPT.length });
  } finally {
    for (const close of closers.reverse()) await close();
    await browser.close();
  }
}

async function measureRounds(
  lanes: ReadonlyMap<string, () => Promise<TimedAnswer>>,
  rounds: number,
): Promise<Map<string, TimedAnswer[]>> {
  const samples = new Map<string, TimedAnswer[]>();
  for (const [name, measure] of lanes) {
    // Loads the model and compiles its kernels.
    await measure();
    samples.set(name, []);
  }
  const progress = startProgress(rounds * lanes.size);
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of lanes) {
      samples.get(name)!.push(await measure());
      progress.step(name);
    }
  }
  progress.done();
  return samples;
}

function report(samples: ReadonlyMap<string, TimedAnswer[]>, setting: Record<string, string | number>): BenchResult {
  const baseline = samples.get(THEIRS)!;
  const lanes = [...samples].map(([name, lane]) => {
    if (!lane.every(({ ids }) => ids.join() === baseline[0]!.ids.join())) {
      throw new Error(`${name} gave other tokens than ${THEIRS}: its speed means nothing.`);
    }
    const speeds = lane.map((sample, round) => sample.tokensPerSecond / baseline[round]!.tokensPerSecond);
    const firsts = lane.map((sample, round) => sample.timeToFirstTokenMs / baseline[round]!.timeToFirstTokenMs);
    return {
      name,
      tokensPerSecond: median(lane.map((sample) => sample.tokensPerSecond)),
      speedRatio: median(speeds),
      speedRatioRange: summarise(speeds).range,
      timeToFirstTokenMs: median(lane.map((sample) => sample.timeToFirstTokenMs)),
      firstTokenRatio: median(firsts),
      samples: lane.map(({ ids, ...sample }) => ({ ...sample, tokens: ids.length })),
    };
  });
  const ours = lanes.find(({ name }) => name === OURS)!;
  return {
    name: `solo-vs-transformers-${setting.backend}-${setting.dtype}`,
    table: lanes.map(({ name, tokensPerSecond, speedRatio, timeToFirstTokenMs, firstTokenRatio }) => ({
      lane: name,
      'tok/s': tokensPerSecond.toFixed(1),
      ratio: speedRatio.toFixed(2),
      'first token ms': timeToFirstTokenMs.toFixed(0),
      'first token ratio': firstTokenRatio.toFixed(2),
    })),
    aims: [
      atLeast(`tokens/s over those of ${THEIRS}`, AIM_SPEED, ours.speedRatio),
      atMost(`time to first token over that of ${THEIRS}`, 1, ours.firstTokenRatio),
    ],
    results: { setting: { ...setting, model: REPO }, lanes },
  };
}
