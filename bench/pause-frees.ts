// What Pause gives back: the memory of a lending page's process before it loads a model, while it serves it, and while it rests. One
// tab, WASM, a model with made-up weights that is worth pausing for. Reads /proc, so it is for Linux.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { rendererPids } from '../e2e/support/renderer-pids.ts';
import { ask, chatReady, openSite } from '../e2e/support/site.ts';
import { atLeast } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { ensureBenchModel, LENT_BYTES, WIDE_TALKER } from './support/bench-models.ts';
import { startProgress } from './support/bench-progress.ts';
import { summarise } from './support/quantile.ts';

/** 472 MB of plain weights. */
const SHAPE = { ...WIDE_TALKER, layers: 3 };
const AIM = 0.8;
/** A page settles, and a process gives pages back, within this. */
const SETTLE_MS = 10_000;
const LOAD_MS = 180_000;

interface Round {
  beforeBytes: number;
  loadedBytes: number;
  pausedBytes: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '3' } } });
  const count = Number(values.rounds);
  await ensureBuilt();
  const { modelsDir, model } = ensureBenchModel(SHAPE);
  const progress = startProgress(count);
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    const executablePath = findBrowser()?.path;
    if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
    // Each has a browser of its own: a second load would find the first one's leavings.
    const browser = await launchBrowser({ executablePath });
    const site = await openSite(browser, { modelsDir, model, stages: 1 });
    try {
      const stage = await site.openStage({ auto: '0', memoryMb: String(LENT_BYTES / 1e6) });
      rounds.push(await measure(browser, stage, () => site.openChat({ max: '8' })));
    } finally {
      await site.close();
      await browser.close();
    }
    progress.step(`round ${round + 1}`);
  }
  progress.done();
  return report(rounds);
}

async function measure(browser: Browser, stage: Page, openChat: () => Promise<Page>): Promise<Round> {
  const lend = stage.getByTestId('join-button');
  await lend.waitFor();
  await sleep(SETTLE_MS);
  // The page's own, and perhaps one that the browser keeps ready and gives to another page.
  const pids = await rendererPids(browser);
  const before = residentOf(pids);
  await lend.click();
  await stage.locator('[data-testid=shard-card][data-phase=serving]').waitFor({ timeout: LOAD_MS });
  const chat = await openChat();
  await chatReady(chat, 1);
  await ask(chat, 'What is a shard?');
  await chat.context().close();
  await sleep(SETTLE_MS);
  const loaded = residentOf(pids);
  await stage.getByRole('button', { name: /^Pause/ }).click();
  await stage.getByTestId('paused-shard').waitFor();
  await sleep(SETTLE_MS);
  const paused = residentOf(pids);
  const own = pids.filter((pid) => paused.has(pid));
  const sum = (bytes: ReadonlyMap<number, number>): number => own.reduce((all, pid) => all + (bytes.get(pid) ?? 0), 0);
  return { beforeBytes: sum(before), loadedBytes: sum(loaded), pausedBytes: sum(paused) };
}

/** What these processes have in memory, what is shared divided by those who share it; without those that have ended. */
function residentOf(pids: readonly number[]): Map<number, number> {
  const entries = pids.flatMap((pid): [number, number][] => {
    const rollup = `/proc/${pid}/smaps_rollup`;
    if (!existsSync(rollup)) return [];
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(rollup, 'utf8'))?.[1];
    return [[pid, Number(kilobytes ?? 0) * 1024]];
  });
  return new Map(entries);
}

const freedOf = ({ beforeBytes, loadedBytes, pausedBytes }: Round): number =>
  (loadedBytes - pausedBytes) / (loadedBytes - beforeBytes);

function report(rounds: readonly Round[]): BenchResult {
  const freed = summarise(rounds.map(freedOf));
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return {
    name: 'pause-frees',
    table: rounds.map((round) => ({
      'before MB': megabytes(round.beforeBytes),
      'serving MB': megabytes(round.loadedBytes),
      'paused MB': megabytes(round.pausedBytes),
      freed: freedOf(round).toFixed(3),
    })),
    aims: [atLeast('share of what loading took that Pause gives back', AIM, freed.median)],
    results: { setting: { shape: SHAPE, backend: 'wasm' }, rounds, freed },
  };
}
