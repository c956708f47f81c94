// When the largest thing of a page is painted, on a slow phone over a slow line: Chromium's own emulation of both.
import type { Browser } from '@playwright/test';
import { newContext } from './new-context.ts';

export const SLOW = { megabitPerSecond: 1.6, latencyMs: 150, cpuSlowdown: 4 } as const;

/** The page has said all that it has to say by itself. */
const REST_MS = 3_000;
const PHONE = { width: 412, height: 823 };

export interface PaintedPage {
  path: string;
  largestMs: number;
  firstMs: number;
  /** What the largest thing was. */
  largest: string;
  /** How far things moved after they were painted (cumulative layout shift). */
  shift: number;
}

/** Each in a context of its own: an empty profile. */
export async function measurePaint(browser: Browser, siteUrl: string, path: string): Promise<PaintedPage> {
  const context = await newContext(browser, { viewport: PHONE });
  try {
    const page = await context.newPage();
    const client = await context.newCDPSession(page);
    const bytesPerSecond = (SLOW.megabitPerSecond * 1e6) / 8;
    await client.send('Network.enable');
    await client.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: SLOW.latencyMs,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
    await client.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpuSlowdown });
    await page.goto(`${siteUrl}${path}`, { waitUntil: 'networkidle', timeout: 120_000 });
    await page.waitForTimeout(REST_MS);
    return { path, ...(await page.evaluate(readPaints)) };
  } finally {
    await context.close();
  }
}

/** In the page. */
async function readPaints(): Promise<Omit<PaintedPage, 'path'>> {
  type Entry = PerformanceEntry & { element?: Element; value?: number };
  const entries = (type: string): Promise<Entry[]> =>
    new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => resolve(list.getEntries() as Entry[]));
      observer.observe({ type, buffered: true });
      // Nothing of that type has happened.
      setTimeout(() => resolve([]), 500);
    });
  const largest = (await entries('largest-contentful-paint')).at(-1);
  const first = (await entries('paint')).find(({ name }) => name === 'first-contentful-paint');
  const shifts = await entries('layout-shift');
  const { element } = largest ?? {};
  return {
    largestMs: Math.round(largest?.startTime ?? Number.NaN),
    firstMs: Math.round(first?.startTime ?? Number.NaN),
    largest: element ? `${element.tagName.toLowerCase()}: ${(element.textContent ?? '').trim().slice(0, 60)}` : '',
    shift: Number(shifts.reduce((sum, { value = 0 }) => sum + value, 0).toFixed(4)),
  };
}
