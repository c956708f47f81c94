// Tokens per second of one stream over 1, 2 and 3 stages in tabs of one machine (links at 0 ms) against the same model in
// one worker with no network, in one run: rounds interleave, and the ratio is within a round.
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { type Harness, serveHarness } from '../e2e/support/serve-harness.ts';
import { ask, chatReady, openSite, type Site } from '../e2e/support/site.ts';
import type { Backend } from '../protocol/control.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/ensure-built.ts';
import type { SoloReply, SoloRequest } from './support/solo-worker.ts';

const REPO = 'computepool/guide-4m';
const QUESTION = 'Tell me a long story about a fox.';
const STAGES = [1, 2, 3];

interface Sample {
  tokensPerSecond: number;
  timeToFirstTokenMs: number;
  tokens: number;
}

interface Lane {
  name: string;
  measure(): Promise<Sample>;
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
    const lanes: Lane[] = [];
    const model = { repo: REPO, revision: 'main', dtype: values.dtype as 'q4' };
    const sites: { site: Site; chat: Page; stages: number }[] = [];
    for (const stages of STAGES) {
      const site = await openSite(browser, { stages, model });
      closers.push(() => site.close());
      for (let index = 0; index < stages; index++) await site.openStage({ backend });
      const chat = await site.openChat({ temperature: '0', max: values.tokens });
      await chatReady(chat, stages, 300_000);
      sites.push({ site, chat, stages });
    }
    // The prompt as the product tokenises it: what the first network answer reports and the solo run must match.
    const { lane, harness } = await soloLane(browser, { backend, dtype: model.dtype, maxTokens, site: sites[0]!.site });
    closers.push(() => harness.close());
    lanes.push(lane);
    for (const { chat, stages } of sites) lanes.push(networkLane(chat, stages));
    const samples = await measureRounds(lanes, Number(values.rounds));
    return report(samples, { backend, dtype: model.dtype, rounds: Number(values.rounds), maxTokens });
  } finally {
    for (const close of closers.reverse()) await close();
    await browser.close();
  }
}

function networkLane(chat: Page, stages: number): Lane {
  return {
    name: stages === 1 ? '1 stage, driver in another tab' : `${stages} stages`,
    async measure() {
      await chat
        .getByRole('button', { name: /new chat/i })
        .click()
        .catch(() => {});
      const { stats } = await ask(chat, QUESTION, 300_000);
      return {
        tokensPerSecond: stats.tokensPerSecond,
        timeToFirstTokenMs: stats.timeToFirstTokenMs,
        tokens: stats.tokens,
      };
    },
  };
}

async function soloLane(
  browser: Browser,
  options: { backend: Backend; dtype: string; maxTokens: number; site: Site },
): Promise<{ lane: Lane; harness: Harness }> {
  const harness = await serveHarness({ worker: 'bench/support/solo-worker.ts', modelsDir: 'public/models' });
  const page = await browser.newPage();
  await page.goto(harness.url);
  await page.evaluate(() => {
    (window as unknown as { worker: Worker }).worker = new Worker('/worker.js', { type: 'module' });
  });
  const hubUrl = `${options.site.url}/models`;
  const request: SoloRequest = {
    backend: options.backend,
    source: { model: { repo: REPO, revision: 'main', dtype: options.dtype as 'q4' }, hubUrl },
    prompt: Array.from({ length: 24 }, (_, index) => 300 + index * 7),
    maxTokens: options.maxTokens,
  };
  return {
    harness,
    lane: {
      name: 'solo, one worker, no network',
      async measure() {
        const { reply, error } = await page.evaluate(
          (message) =>
            new Promise<{ reply?: SoloReply; error?: string }>((resolve) => {
              const { worker } = window as unknown as { worker: Worker };
              worker.onmessage = (event) => resolve(event.data);
              worker.postMessage(message);
            }),
          request,
        );
        if (!reply) throw new Error(error);
        return { ...reply, tokens: reply.ids.length };
      },
    },
  };
}

async function measureRounds(lanes: readonly Lane[], rounds: number): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(lanes.map(({ name }) => [name, []]));
  for (const lane of lanes) await lane.measure();
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) {
      samples.get(lane.name)!.push(await lane.measure());
      process.stderr.write(`round ${round + 1}/${rounds}: ${lane.name}\n`);
    }
  }
  return samples;
}

function report(samples: Map<string, Sample[]>, setting: Record<string, string | number>): BenchResult {
  const solo = samples.values().next().value!;
  const lanes = [...samples].map(([name, lane]) => {
    const ratios = lane.map((sample, round) => sample.tokensPerSecond / solo[round]!.tokensPerSecond);
    return {
      name,
      tokensPerSecond: median(lane.map((sample) => sample.tokensPerSecond)),
      ratioToSolo: median(ratios),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      timeToFirstTokenMs: median(lane.map((sample) => sample.timeToFirstTokenMs)),
      samples: lane,
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
