// What a person does with the pages: lends a tab alone in one window, asks, stops, goes on by keyboard.

import { expect, type Page, test } from '@playwright/test';
import { QUIET_PAGES } from './support/quiet-pages.ts';
import { ask, chatReady, openSite, send } from './support/site.ts';

test('one window: lend this tab, add another shard, ask, stop, ask again', async ({ browser }) => {
  const site = await openSite(browser, { stages: 'all' });
  try {
    const join = await site.openStage({ auto: '0' });
    await join.getByTestId('join-button').click();
    const cards = join.getByTestId('shard-card');
    await expect(cards.first()).toHaveAttribute('data-phase', 'serving');
    await expect(cards.first()).toContainText('8 parts');
    await join.getByTestId('add-shard').click();
    await expect(cards).toHaveCount(2);
    await expect(cards.nth(1)).toHaveAttribute('data-phase', 'serving');
    await expect(cards.first()).toHaveAttribute('data-phase', 'serving');

    const chat = await site.openChat({ temperature: '0.9', seed: '5', max: '200' });
    await chatReady(chat, 2);
    await send(chat, 'Tell me a long story about a fox.');
    await expect(chat.getByTestId('answer')).toHaveAttribute('data-status', 'streaming');
    await expect(chat.getByTestId('answer')).toContainText(/\w+ \w+ \w+/);
    await chat.getByTestId('stop').click();
    await expect(chat.getByTestId('answer')).toHaveAttribute('data-status', 'cancelled');

    const answer = await ask(chat, 'What is a shard?');
    expect(answer.finishReason).not.toBe('cancelled');
    // The answer first: what is to be told of it opens when somebody wants it.
    const waterfall = chat.getByTestId('waterfall').last();
    await expect(waterfall).toBeHidden();
    await chat.getByTestId('answer-stats').last().locator('summary').click();
    await expect(waterfall).toBeVisible();
    const rows = waterfall.getByTestId('waterfall-row');
    await expect(rows.and(chat.locator('[data-kind="stage"]'))).toHaveCount(2);
    // The keyboard on a row tells its times; so does the pointer.
    await rows.nth(1).getByRole('button').focus();
    await expect(waterfall.getByTestId('waterfall-told')).toContainText(/^Stage \d: wire .+ compute/);
    await rows.nth(0).hover();
    await expect(waterfall.getByTestId('waterfall-told')).toContainText(/^(Stage 1|Drafting): /);
    for (const stop of answer.stats.route) expect(stop.computeMs).toBeGreaterThan(0);
    expect(answer.stats.tokensPerSecond).toBeGreaterThan(0);
  } finally {
    await site.close();
  }
});

test('by keyboard alone: skip link, composer, Enter sends, Shift+Enter does not', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '12' });
    await chatReady(chat, 1);
    await chat.keyboard.press('Tab');
    await expect(chat.locator(':focus')).toHaveText(/skip/i);
    await chat.keyboard.press('Enter');
    for (let presses = 0; presses < 20; presses++) {
      if (await chat.getByTestId('composer').evaluate((element) => element === document.activeElement)) break;
      await chat.keyboard.press('Tab');
    }
    await chat.keyboard.type('What is');
    await chat.keyboard.press('Shift+Enter');
    await chat.keyboard.type('a shard?');
    await expect(chat.getByTestId('answer')).toHaveCount(0);
    await chat.keyboard.press('Enter');
    await expect(chat.getByTestId('answer')).toHaveAttribute('data-status', 'done');
  } finally {
    await site.close();
  }
});

const noSidewaysScroll = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

test('every page fits a phone, a tablet and a desk, light and dark, and raises no error', async ({ browser }) => {
  const site = await openSite(browser);
  const errors: string[] = [];
  try {
    await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '40' });
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    const pool = `/pools?${new URLSearchParams({ pool: site.server.snapshot().pools[0]!.pool })}`;
    for (const path of [...QUIET_PAGES, '/join', '/chat', pool, '/nowhere']) {
      const page = path === '/chat' ? chat : await (await browser.newContext()).newPage();
      page.on('pageerror', (error) => errors.push(`${path}: ${error.message}`));
      page.on('console', (message) => {
        // The missing page itself is one, rightly.
        if (message.type() === 'error' && path !== '/nowhere') errors.push(`${path}: ${message.text()}`);
      });
      if (path !== '/chat') await page.goto(`${site.url}${path}`);
      if (path === pool) await page.getByTestId('pool-page').waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [360, 768, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await noSidewaysScroll(page), `${path} at ${width} px`).toBe(true);
          await page.screenshot({
            path: `test-results/pages/${path === pool ? 'pool' : path.slice(1) || 'home'}-${width}-${colorScheme}.png`,
            fullPage: true,
          });
        }
      }
      if (path !== '/chat') await page.context().close();
    }
    expect(errors).toEqual([]);
  } finally {
    await site.close();
  }
});
