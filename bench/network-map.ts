// Whether the live map of the network moves smoothly: /network with a thousand made-up tabs, whose rings change every two seconds,
// on a CPU slowed four times. The server is a real one; what it would say of the network is made up in its place.
import { parseArgs } from 'node:util';
import type { Browser } from '@playwright/test';
import { type MadeUp, madeUpNetwork } from '../app/network/made-up-network.ts';
import { openSite } from '../e2e/support/site.ts';
import { atLeast, atMost } from '../tools/bench/aim.ts';
import type { BenchResult } from '../tools/bench/receipt.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../tools/site/ensure-built.ts';
import { timeDrawing, watchDrawing } from './pages/map-frames.ts';
import { newContext } from './pages/new-context.ts';
import { quantile } from './support/quantile.ts';

const TABS = [3, 100, 1_000];
const CPU_SLOWDOWN = 4;
const DESK = { width: 1280, height: 900 };
const LEAST_PER_SECOND = 30;
/** One frame in twenty may be late: what the server said comes in between. */
const MOST_FRAME_MS = 100;
/** The page has laid itself out and fetched the map. */
const SETTLE_MS = 3_000;

interface Measured {
  tabs: number;
  rings: number;
  seconds: number;
  frames: number;
  perSecond: number;
  middleMs: number;
  lateMs: number;
  latestMs: number;
}

export default async function run(args: string[]): Promise<BenchResult> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '10' } } });
  await ensureBuilt();
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const browser = await launchBrowser({ executablePath });
  const site = await openSite(browser);
  try {
    const measured: Measured[] = [];
    for (const tabs of TABS) measured.push(await measure(browser, `${site.url}/network`, tabs, Number(values.seconds)));
    return report(measured);
  } finally {
    await site.close();
    await browser.close();
  }
}

async function measure(browser: Browser, address: string, tabs: number, seconds: number): Promise<Measured> {
  const context = await newContext(browser, { viewport: DESK });
  try {
    await watchDrawing(context);
    let step = 0;
    const said = (what: MadeUp): string => JSON.stringify(madeUpNetwork(what));
    await context.route('**/api/network', (route) =>
      route.fulfill({ contentType: 'application/json', body: said({ tabs, step: step++ }) }),
    );
    const page = await context.newPage();
    const client = await context.newCDPSession(page);
    await client.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    await page.goto(address);
    await page.getByTestId('network-map').locator('canvas').first().waitFor();
    await page.waitForTimeout(SETTLE_MS);
    const frameMs = await timeDrawing(page, seconds * 1_000);
    const wholeMs = frameMs.reduce((sum, ms) => sum + ms, 0);
    return {
      ...{ tabs, rings: madeUpNetwork({ tabs }).coalitions.length, seconds, frames: frameMs.length },
      // Over the whole time: pictures that did not come at all count, too.
      perSecond: Number((frameMs.length / Math.max(seconds, wholeMs / 1_000)).toFixed(1)),
      middleMs: quantile(frameMs, 0.5),
      lateMs: quantile(frameMs, 0.95),
      latestMs: quantile(frameMs, 1),
    };
  } finally {
    await context.close();
  }
}

function report(measured: Measured[]): BenchResult {
  const what = ({ tabs }: Measured): string => `${tabs} made-up tabs, CPU slowed ${CPU_SLOWDOWN} times`;
  return {
    name: 'network-map',
    table: measured.map((each) => ({
      ...{ 'made-up tabs': each.tabs, rings: each.rings, 'frames a second': each.perSecond },
      ...{ 'from frame to frame, ms, median': each.middleMs, 'ms, 95th percentile': each.lateMs },
      'ms, latest': each.latestMs,
    })),
    aims: measured.flatMap((each) => [
      atLeast(`${what(each)}: frames a second`, LEAST_PER_SECOND, each.perSecond),
      atMost(`${what(each)}: from frame to frame, ms, 95th percentile`, MOST_FRAME_MS, each.lateMs),
    ]),
    results: { isMadeUp: true, cpuSlowdown: CPU_SLOWDOWN, window: DESK, everyMs: 2_000, measured },
  };
}
