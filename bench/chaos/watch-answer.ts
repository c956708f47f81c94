// When new text came, as the asking page shows it: seconds without tokens are the client's, not the server's.
import type { Page } from '@playwright/test';
import type { Answer } from '../../shard-worker/words/peer-state.ts';
import { until } from './until.ts';

interface Growth {
  /** By `Date.now()`, which all processes of a machine share. */
  atMs: number;
  characters: number;
}

type Watched = Window & { grown?: Growth[] };

/** From now on. Before the question is sent. Without a named function inside: the page does not know the loader's own. */
export async function watchAnswer(page: Page): Promise<void> {
  await page.evaluate(() => {
    const grown: Growth[] = [];
    (window as Watched).grown = grown;
    new MutationObserver(() => {
      const text = [...document.querySelectorAll('[data-testid=answer] .answer-text')].at(-1)?.textContent ?? '';
      const characters = text.length;
      if (characters > 0 && characters !== grown.at(-1)?.characters) grown.push({ atMs: Date.now(), characters });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

export const growthOf = (page: Page): Promise<Growth[]> => page.evaluate(() => (window as Watched).grown ?? []);

/** The longest time without new text that ends after `fromMs`; what had not begun by then counts from then. */
export function longestSilenceS(grown: readonly Pick<Growth, 'atMs'>[], fromMs: number): number {
  const times = [Math.min(fromMs, grown[0]?.atMs ?? fromMs), ...grown.map(({ atMs }) => atMs)];
  const gaps = times.slice(1).map((atMs, at) => (atMs > fromMs ? atMs - times[at]! : 0));
  return Math.max(0, ...gaps) / 1000;
}

/** The newest answer, when there are `count` of them. Rejects with the page's words where it failed. */
export async function finished(page: Page, count: number, withinMs: number): Promise<Answer> {
  const last = page.getByTestId('answer').last();
  await until('the answer ends', withinMs, async () => {
    if ((await page.evaluate(() => window.__computepool?.answers ?? 0)) >= count) return true;
    const isFailed = (await last.count()) > 0 && (await last.getAttribute('data-status')) === 'error';
    if (isFailed) throw new Error(`the answer failed: ${(await last.innerText()).replaceAll('\n', ' ').slice(-400)}`);
    return false;
  });
  return page.evaluate(() => window.__computepool!.lastAnswer);
}

/** What the newest answer cost, once the server has said so. */
export async function chargedMicros(page: Page, withinMs: number): Promise<number> {
  const charge = page.getByTestId('charge').last();
  await until('the answer is paid', withinMs, async () => (await charge.count()) > 0);
  return Number(await charge.getAttribute('data-charged-micros'));
}
