// Tokens per second of one stream over 1, 2 and 3 stages in tabs of one machine (links at 0 ms) against the same model in
// one worker with no network, in one run: rounds interleave, and the ratio is within a round.
import { parseArgs } from 'node:util';
import type { Browser } from '@playwright/test';
import { type Harness, serveHarness } from '../e2e/support/serve-harness.ts';
import { openSite, type Site } from '../e2e/support/site.ts';
import type { Backend } from '../protocol/control.ts';
import type { ModelRef } from '../protocol/ids.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { openWorker } from './support/open-worker.ts';
import type {} from './support/ring-driver.ts';
import type { SoloRequest } from './support/solo-worker.ts';
import type { TimedAnswer } from './support/timed-answer.ts';

const REPO = 'computepool/guide-4m';
/** Token ids of no meaning: what a step costs does not depend on them. */
const PROMPT = Array.from({ length: 24 }, (_, index) => 300 + index * 7);
const STAGES = [1, 2, 3];

interface Lane {
  name: string;
  measure(): Promise<TimedAnswer>;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args,
    options: {
      backend: { type: 'string', default: 'wasm' },
      dtype: { type: 'string', default: 'q4' },
      rounds: { type: 'string', default: '5' },
      tokens: { type: 'string', default: '96' },
    },
  });
  const backend = values.backend as Backend;
  await ensureBuilt();
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath, gpu: backend === 'webgpu' ? 'software' : 'none' });
  const closers: (() => Promise<void>)[] = [];
  try {
    const maxTokens = Number(values.tokens);
    const model: ModelRef = { repo: REPO, revision: 'main', dtype: values.dtype as 'q4' };
    const solo = await serveHarness({ worker: 'bench/support/solo-worker.ts', modelsDir: 'public/models' });
    const driver = await serveHarness({ worker: 'bench/support/ring-driver.ts', modelsDir: 'public/models' });
    closers.push(solo.close, driver.close);
    const lanes: Lane[] = [];
    for (const stages of STAGES) {
      // The driver's page is another site's: the server has let it in.
      const site = await openSite(browser, { stages, model, corsOrigins: [new URL(driver.url).origin] });
      closers.push(() => site.close());
      for (let index = 0; index < stages; index++) await site.openStage({ backend, dtype: model.dtype });
      if (stages === 1) lanes.push(await soloLane(browser, solo, { backend, model, maxTokens, site }));
      lanes.push(await networkLane(browser, driver, { model, maxTokens, site, stages }));
    }
    const samples = await measureRounds(lanes, Number(values.rounds));
    return report(samples, { backend, dtype: model.dtype, rounds: Number(values.rounds), maxTokens });
  } finally {
    for (const close of closers.reverse()) await close();
    await browser.close();
  }
}

/** A driver with nothing to draw: a page that repaints at each token would compete for the two cores with the stages. */
async function networkLane(
  browser: Browser,
  driver: Harness,
  options: { model: ModelRef; maxTokens: number; site: Site; stages: number },
): Promise<Lane> {
  const { model, maxTokens, site, stages } = options;
  const page = await (await browser.newContext()).newPage();
  await page.goto(driver.url);
  await page.addScriptTag({ url: '/worker.js', type: 'module' });
  await page.waitForFunction(() => 'drive' in window);
  return {
    name: stages === 1 ? '1 stage, driver in another tab' : `${stages} stages`,
    measure: () =>
      page.evaluate(([origin, ref, prompt, tokens]) => window.drive(origin, ref, prompt, tokens), [
        site.url,
        model,
        PROMPT,
        maxTokens,
      ] as const),
  };
}

async function soloLane(
  browser: Browser,
  solo: Harness,
  options: { backend: Backend; model: ModelRef; maxTokens: number; site: Site },
): Promise<Lane> {
  const { backend, model, maxTokens, site } = options;
  const ask = await openWorker<SoloRequest, TimedAnswer>(browser, solo.url);
  const request: SoloRequest = { backend, source: { model, hubUrl: `${site.url}/models` }, prompt: PROMPT, maxTokens };
  return { name: 'solo, one worker, no network', measure: () => ask(request) };
}

async function measureRounds(lanes: readonly Lane[], rounds: number): Promise<Map<string, TimedAnswer[]>> {
  const samples = new Map<string, TimedAnswer[]>(lanes.map(({ name }) => [name, []]));
  for (const lane of lanes) await lane.measure();
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) {
      samples.get(lane.name)!.push(await lane.measure());
      process.stderr.write(`round ${round + 1}/${rounds}: ${lane.name}\n`);
    }
  }
  return samples;
}

function report(samples: Map<string, TimedAnswer[]>, setting: Record<string, string | number>): BenchResult {
  const solo = samples.values().next().value!;
  const lanes = [...samples].map(([name, lane]) => {
    const same = lane.every(({ ids }) => ids.join() === solo[0]!.ids.join());
    if (!same) throw new Error(`${name} gave other tokens than solo: its speed means nothing.`);
    const ratios = lane.map((sample, round) => sample.tokensPerSecond / solo[round]!.tokensPerSecond);
    return {
      name,
      tokensPerSecond: median(lane.map((sample) => sample.tokensPerSecond)),
      ratioToSolo: median(ratios),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      timeToFirstTokenMs: median(lane.map((sample) => sample.timeToFirstTokenMs)),
      samples: lane.map(({ ids, ...sample }) => ({ ...sample, tokens: ids.length })),
    };
  });
  return {
    name: `sharded-vs-solo-${setting.backend}-${setting.dtype}`,
    table: lanes.map(({ name, tokensPerSecond, ratioToSolo, timeToFirstTokenMs }) => ({
      route: name,
      'tok/s': tokensPerSecond.toFixed(1),
      'of solo': ratioToSolo.toFixed(3),
      'first token ms': timeToFirstTokenMs.toFixed(0),
    })),
    results: { setting: { ...setting, model: REPO, links: '0 ms, data channels on the loopback' }, lanes },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
