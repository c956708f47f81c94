// How long it takes from a key or a click until the page has drawn what came of it: the browser's own Event Timing.
import type { BrowserContext, Page } from '@playwright/test';

/** The browser tells of none that was quicker. */
const LEAST_MS = 16;

interface Seen {
  id: number;
  name: string;
  ms: number;
}

declare global {
  interface Window {
    benchSeen?: Seen[];
  }
}

/** Before the context has pages. */
export const watchInteractions = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const seen: Seen[] = [];
    window.benchSeen = seen;
    type Timing = PerformanceEventTiming & { interactionId?: number };
    new PerformanceObserver((list) => {
      for (const { interactionId = 0, name, duration } of list.getEntries() as Timing[]) {
        if (interactionId > 0) seen.push({ id: interactionId, name, ms: duration });
      }
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
  });

/** Milliseconds of each of `count` interactions that `act` makes; those that were quicker than the browser tells count as 16. */
export async function timeInteractions(page: Page, count: number, act: () => Promise<void>): Promise<number[]> {
  await settle(page);
  await page.evaluate(() => window.benchSeen?.splice(0));
  await act();
  await settle(page);
  const seen = await page.evaluate(() => window.benchSeen ?? []);
  const byId = new Map<number, number>();
  for (const { id, ms } of seen) byId.set(id, Math.max(byId.get(id) ?? 0, ms));
  const told = [...byId.values()];
  return [...told, ...Array.from({ length: Math.max(0, count - told.length) }, () => LEAST_MS)];
}

/** The browser tells of events a frame or two after they were drawn. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((resolve) => setTimeout(resolve, 300)));
