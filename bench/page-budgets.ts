// What the pages cost those who open them: programs before anything is pressed, the largest paint on a slow phone, interactions while
// an answer streams, and a conversation of ten thousand messages.
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { ask, chatReady, openSite, type Site, send } from '../e2e/support/site.ts';
import { atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { type FirstLoad, measureFirstLoad } from './pages/first-load.ts';
import { measurePaint, type PaintedPage, SLOW } from './pages/largest-paint.ts';
import { bringLongTalk, MESSAGES, openLongTalk, reloadLongTalk, timeFrames } from './pages/long-talk.ts';
import { newContext } from './pages/new-context.ts';
import { timeInteractions, watchInteractions } from './pages/watch-interactions.ts';
import { median, quantile } from './support/quantile.ts';

const PATHS = ['/', '/chat', '/join', '/pools', '/network', '/account', '/admin'];
/** Those that people come to first. */
const DOORS = ['/', '/chat'];
const MOST_KB = 150;
const MOST_PAINT_MS = 2_000;
const MOST_INTERACTION_MS = 200;
const MOST_KEY_MS = 50;
const MOST_FRAME_MS = 50;

const KEYS = 50;
const STORY = 'Tell me a long story about a fox.';

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '5' } } });
  await ensureBuilt();
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath });
  const site = await openSite(browser, { stages: 2 });
  try {
    const loads: FirstLoad[] = [];
    for (const path of PATHS) loads.push(await measureFirstLoad(browser, site.url, path));
    const paints: PaintedPage[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const path of DOORS) paints.push(await measurePaint(browser, site.url, path));
      process.stderr.write(`paints: round ${round + 1}/${values.rounds}\n`);
    }
    const alone = await whileStreaming(await openChat(browser, site, { mode: 'solo' }), 'local-model');
    const long = await measureLongTalk(browser, site);
    for (let stage = 0; stage < 2; stage++) await site.openStage();
    const together = await whileStreaming(await openChat(browser, site, { mode: 'lan' }), 'coalition');
    return report({ loads, paints, streaming: { alone, together }, long });
  } finally {
    await site.close();
    await browser.close();
  }
}

async function openChat(browser: Browser, site: Site, query: Record<string, string>): Promise<Page> {
  const context = await newContext(browser);
  await watchInteractions(context);
  const page = await context.newPage();
  await page.goto(`${site.url}/chat?${new URLSearchParams({ temperature: '0.9', seed: '3', max: '512', ...query })}`);
  return page;
}

const isStreaming = async (page: Page): Promise<boolean> =>
  (await page.getByTestId('answer').last().getAttribute('data-status')) === 'streaming';

const whole = (page: Page): Promise<void> =>
  page.locator('[data-testid=local-model][data-phase=ready]').waitFor({ timeout: 120_000 });

/** Keys and presses, each while text comes. */
async function whileStreaming(page: Page, by: 'local-model' | 'coalition'): Promise<number[]> {
  if (by === 'local-model') await whole(page);
  else await chatReady(page, 2);
  await ask(page, 'What is a shard?');
  const summaries = page.getByTestId('answer-stats').first().locator('summary');
  const acts: (() => Promise<unknown>)[] = [
    ...Array.from({ length: 8 }, () => () => page.getByTestId('composer').press('x')),
    () => page.getByTestId('conversations').click(),
    () => page.getByTestId('conversations').click(),
    () => summaries.click(),
    () => page.getByTestId('composer').press('Backspace'),
    () => summaries.click(),
  ];
  const times: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (const act of acts) {
      if (!(await isStreaming(page))) await send(page, STORY);
      times.push(...(await timeInteractions(page, 1, async () => void (await act()))));
    }
  }
  await page.context().close();
  return times;
}

async function measureLongTalk(browser: Browser, site: Site) {
  const page = await openChat(browser, site, { mode: 'solo' });
  await whole(page);
  await ask(page, 'What is a shard?');
  await bringLongTalk(page);
  const openMs = await openLongTalk(page);
  const reloadMs = await reloadLongTalk(page);
  await whole(page);
  const composer = page.getByTestId('composer');
  await composer.click();
  const typeAll = async () => {
    for (let key = 0; key < KEYS; key++) await composer.press('x', { delay: 20 });
  };
  const keys = await timeInteractions(page, KEYS, typeAll);
  await composer.fill('');
  // Another answer in it: what streams is drawn and kept at the end of all the others.
  await send(page, STORY);
  const streamingKeys = await timeInteractions(page, KEYS, typeAll);
  await page.getByTestId('answer').last().and(page.locator('[data-status=done]')).waitFor({ timeout: 120_000 });
  const frameMs = await timeFrames(page, 40);
  const earlier: number[] = [];
  for (let press = 0; press < 5; press++) {
    earlier.push(...(await timeInteractions(page, 1, () => page.getByTestId('show-earlier').click())));
  }
  const frameMoreMs = await timeFrames(page, 40);
  await page.context().close();
  return { openMs, reloadMs, keys, streamingKeys, frameMs, earlier, frameMoreMs };
}

interface Figures {
  loads: FirstLoad[];
  paints: PaintedPage[];
  streaming: Record<'alone' | 'together', number[]>;
  long: Awaited<ReturnType<typeof measureLongTalk>>;
}

function report({ loads, paints, streaming, long }: Figures): BenchResult {
  const kb = ({ gzipBytes }: FirstLoad): number => gzipBytes / 1000;
  const paintOf = (path: string): number =>
    median(paints.filter((each) => each.path === path).map((each) => each.largestMs));
  const worst = (samples: readonly number[]): number => quantile(samples, 1);
  const rows: [what: string, measured: number, aim?: number][] = [
    ...loads.map((load): [string, number, number?] => [
      `${load.path}: scripts before anything is pressed, KB with gzip`,
      kb(load),
      DOORS.includes(load.path) ? MOST_KB : undefined,
    ]),
    ...DOORS.map((path): [string, number, number] => [
      `${path}: largest paint, ms, slow phone`,
      paintOf(path),
      MOST_PAINT_MS,
    ]),
    ['worst interaction, ms, while this device answers', worst(streaming.alone), MOST_INTERACTION_MS],
    ['worst interaction, ms, while two tabs answer', worst(streaming.together), MOST_INTERACTION_MS],
    ['10,000 messages: opens from the list, ms', long.openMs],
    ['10,000 messages: opens after a reload, ms', long.reloadMs],
    ['10,000 messages: a key, ms, median', median(long.keys), MOST_KEY_MS],
    ['10,000 messages: a key, ms, worst of 50', worst(long.keys), MOST_KEY_MS],
    ['10,000 messages: a key while an answer streams, ms, median', median(long.streamingKeys), MOST_KEY_MS],
    ['10,000 messages: a frame while scrolling, ms, 95th percentile', quantile(long.frameMs, 0.95), MOST_FRAME_MS],
    ['250 more shown: a frame while scrolling, ms, 95th percentile', quantile(long.frameMoreMs, 0.95), MOST_FRAME_MS],
    ['fifty earlier ones, ms, worst of 5', worst(long.earlier), MOST_INTERACTION_MS],
  ];
  return {
    name: 'page-budgets',
    table: rows.map(([what, measured, aim]) => ({ what, measured: Number(measured.toFixed(1)), aim: aim ?? '' })),
    aims: rows.flatMap(([what, measured, aim]) => (aim === undefined ? [] : [atMost(what, aim, measured)])),
    results: { slow: SLOW, messages: MESSAGES, loads, paints, streaming, long },
  };
}
