// Deaths that close no socket: the middle stage's worker is gone while its page lives, its tab stands still, or its radio is cut
// while its line to the server lives. The answer goes on and equals the calm one.
import { expect, type Page, test } from '@playwright/test';
import { LAB_FLAGS, openLab } from '../bench/lab/open-lab.ts';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launchBrowser } from '../tools/browser/launch-browser.ts';
import { rendererPids } from './support/renderer-pids.ts';
import { answerBegun, answersOf, ask, chatReady, finishedAnswer, openSite, type Site, send } from './support/site.ts';

const QUERY = { temperature: '0.8', seed: '77', topK: '0', topP: '1', max: '120' };
const QUESTION = 'Tell me a long story about a fox.';
/** Every run has the first one; all of them: npm run test:deaths. */
const isAll = process.env.ALL_DEATHS !== undefined;

/** Asks in calm, then once more while `befall` happens to the middle stage. */
async function compare(site: Site, befall: () => Promise<void>): Promise<void> {
  const calm = await site.openChat(QUERY);
  await chatReady(calm, 3);
  const uninterrupted = await ask(calm, QUESTION);
  await calm.close();
  const chat = await site.openChat(QUERY);
  await chatReady(chat, 3);
  const before = await answersOf(chat);
  await send(chat, QUESTION);
  await answerBegun(chat);
  const startedMs = performance.now();
  await befall();
  const interrupted = await finishedAnswer(chat, before);
  const tookMs = performance.now() - startedMs;
  test.info().annotations.push({ type: 'seconds to the end', description: (tookMs / 1000).toFixed(1) });
  expect(interrupted.tokenIds).toEqual(uninterrupted.tokenIds);
  expect(interrupted.text).toBe(uninterrupted.text);
  expect(interrupted.stats.route).toHaveLength(2);
  // Nobody had noticed before a lap's two minutes were over.
  expect(tookMs).toBeLessThan(60_000);
}

test('B1: the worker of the middle stage is gone, its page lives', async ({ browser }) => {
  const site = await openSite(browser, { stages: 3 });
  try {
    await site.openStage();
    const middle = await site.openStage();
    await site.openStage();
    await compare(site, async () => {
      const worker = middle.workers().find((each) => each.url().includes('worker'));
      await worker!.evaluate(() => self.close());
    });
    // The page starts another one by itself.
    await expect(middle.getByTestId('shard-card').first()).not.toHaveAttribute('data-phase', 'failed');
  } finally {
    await site.close();
  }
});

if (isAll) {
  test('B2: the radio of the middle stage is cut, its line to the server lives', async () => {
    const browser = await launchBrowser({ executablePath: findBrowser()!.path, args: LAB_FLAGS });
    const lab = await openLab(browser);
    await lab.reshape({ delayMs: 10 });
    const site = await openSite(lab.browser, { stages: 3 });
    try {
      for (let stage = 0; stage < 3; stage++) await site.openStage();
      await compare(site, async () => {
        // Contexts in the order of their making: three stages, the calm chat, the chat.
        for (const other of [0, 2, 3, 4]) await lab.reshapePair(1, other, { lossRate: 1 });
      });
    } finally {
      await site.close();
      await lab.close();
      await browser.close();
    }
  });

  test('B3: the tab of the middle stage stands still', async ({ browser }) => {
    const other = await launchBrowser({ executablePath: findBrowser()!.path });
    const site = await openSite(browser, { stages: 3 });
    let stopped: number[] = [];
    try {
      await site.openStage();
      const middle: Page = await (await other.newContext()).newPage();
      await middle.goto(`${site.url}/join?auto=1&backend=wasm`);
      await expect(middle.getByTestId('shard-card').first()).toBeVisible();
      await site.openStage();
      await compare(site, async () => {
        stopped = await rendererPids(other);
        expect(stopped.length).toBeGreaterThan(0);
        for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      });
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
      await other.close();
      await site.close();
    }
  });
}
