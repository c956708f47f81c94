// How long it takes from a key or a click until the page has drawn what came of it: from the event's own time to a task right behind the
// next frame. The browser's Event Timing waits for the screen as well, and of a frame that changes nothing hears only when another
// one does: in a browser without a window that was seconds later.
import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    benchSeen?: number[];
  }
}

/** Before the context has pages. */
export const watchInteractions = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const seen: number[] = [];
    window.benchSeen = seen;
    for (const type of ['keydown', 'click']) {
      window.addEventListener(
        type,
        ({ timeStamp, isTrusted }) => {
          if (!isTrusted) return;
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => seen.push(performance.now() - timeStamp);
            port2.postMessage(undefined);
          });
        },
        { capture: true, passive: true },
      );
    }
  });

/** Milliseconds of each interaction that `act` makes. Throws where there are fewer than `count`. */
export async function timeInteractions(page: Page, count: number, act: () => Promise<void>): Promise<number[]> {
  await settle(page);
  await page.evaluate(() => window.benchSeen?.splice(0));
  await act();
  await settle(page);
  const seen = await page.evaluate(() => window.benchSeen ?? []);
  if (seen.length < count) throw new Error(`Of ${count} interactions the page has seen ${seen.length}.`);
  return seen.map((ms) => Number(ms.toFixed(1)));
}

/** What is drawn is counted a frame later. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((resolve) => setTimeout(resolve, 150)));
