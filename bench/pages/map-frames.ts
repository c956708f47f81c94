// How often a page draws a moving picture: from one frame to the next, counting those frames alone in which its canvas was
// drawn anew.
import type { BrowserContext, Page } from '@playwright/test';

declare global {
  interface Window {
    benchDrawn?: number[];
  }
}

/** Before the context has pages: each canvas begins a picture by clearing itself. */
export const watchDrawing = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    const drawn: number[] = [];
    window.benchDrawn = drawn;
    const { clearRect } = CanvasRenderingContext2D.prototype;
    let isNoted = false;
    CanvasRenderingContext2D.prototype.clearRect = function clearAndNote(...box) {
      if (!isNoted) {
        isNoted = true;
        // A frame later: what was drawn is on its way to the screen.
        requestAnimationFrame((ms) => {
          isNoted = false;
          drawn.push(ms);
        });
      }
      return clearRect.apply(this, box);
    };
  });

/** Milliseconds between pictures, for so long. */
export async function timeDrawing(page: Page, ms: number): Promise<number[]> {
  await page.evaluate(() => window.benchDrawn?.splice(0));
  await page.waitForTimeout(ms);
  const drawn = await page.evaluate(() => window.benchDrawn ?? []);
  return drawn.slice(1).map((at, index) => Number((at - drawn[index]!).toFixed(2)));
}
