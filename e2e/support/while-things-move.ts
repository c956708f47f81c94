// Waits for as long as anything moves on any page of the browser: a slow machine is given its time, and what hangs is found.
import type { Page } from '@playwright/test';

/** Nothing that works is silent for this long, on a machine with other work either. */
const STANDSTILL_MS = 120_000;
const LOOK_MS = 250;
/** Drawing a page takes it as long as a frame: it is done only to find out whether what is missing still may come. */
const DRAW_MS = 2_000;

/**
 * Resolves when `whatIsMissing` gives nothing. Rejects with what it gave last, once no page has changed for `standstillMs`.
 *
 * @param page one of the pages; all of its browser are looked at.
 */
export async function whileThingsMove(
  page: Page,
  whatIsMissing: () => Promise<string | undefined>,
  standstillMs = STANDSTILL_MS,
): Promise<void> {
  let before = '';
  let movedAtMs = performance.now();
  let drawnAtMs = performance.now();
  for (;;) {
    const missing = await whatIsMissing();
    if (missing === undefined) return;
    if (performance.now() - drawnAtMs > DRAW_MS) {
      const now = await drawAll(page);
      drawnAtMs = performance.now();
      if (now !== before) movedAtMs = drawnAtMs;
      else if (drawnAtMs - movedAtMs > standstillMs) {
        throw new Error(`Nothing has moved for ${standstillMs / 1000} s, and ${missing}.`);
      }
      before = now;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Text and attributes of every page, short. One that is closing says nothing. */
async function drawAll(page: Page): Promise<string> {
  const pages = page
    .context()
    .browser()
    ?.contexts()
    .flatMap((context) => context.pages()) ?? [page];
  const drawn = await Promise.all(pages.map((each) => each.evaluate(drawPage).catch(() => '')));
  return drawn.join('|');
}

/** In the page. FNV-1a over its markup: pages are large, and only change matters. */
function drawPage(): string {
  let hash = 0x811c9dc5;
  for (const char of document.body.innerHTML) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash.toString(36);
}
