// What a person is told before and while a tab begins to lend, and that a window keeps to its hours.
import { expect, type Page, test } from '@playwright/test';
import { openSite } from './support/site.ts';

/** Sizes of the program's download that the page shows from now on. */
const watchProgram = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { programSeen: seen });
    new MutationObserver(() => {
      const total = document.querySelector<HTMLElement>('[data-testid=runtime-loading]')?.dataset.total;
      if (total) seen.push(Number(total));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });

test('E5: what the device brings and what would be loaded is said before, and the program is seen to come', async ({
  browser,
}) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage({ auto: '0' });
    const card = stage.getByTestId('preflight');
    // It looks, and keeps nobody from lending meanwhile.
    await expect(stage.getByTestId('join-button')).toBeEnabled();
    await expect(card).toHaveAttribute('data-looking', 'false');
    const mark = (name: string) => card.getByTestId(`preflight-${name}`);
    await expect(mark('secure')).toHaveAttribute('data-mark', 'ok');
    await expect(mark('gpu')).toHaveAttribute('data-mark', 'note');
    await expect(mark('memory')).toHaveAttribute('data-mark', 'ok');
    await expect(mark('load')).toContainText(/perhaps all of its \d(\.\d+)? MB.*program that computes, \d(\.\d+)? MB/);
    await expect(mark('disk')).toHaveAttribute('data-mark', 'ok');
    // Without a STUN server nobody can say that others reach it.
    await expect(mark('network')).toHaveAttribute('data-mark', 'note');
    await expect(mark('speed')).toContainText('Measured when you lend');

    await watchProgram(stage);
    await stage.getByTestId('join-button').click();
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    const seen = await stage.evaluate(() => (window as unknown as { programSeen: number[] }).programSeen);
    expect(seen.length, 'the download was shown').toBeGreaterThan(0);
    // As it travels: the plain file has 14 MB.
    expect(seen[0]).toBeLessThan(8e6);
    await expect(stage.getByTestId('runtime-loading')).toHaveCount(0);
    await expect(stage.getByTestId('quiet-line')).toHaveText('Everything is ready. Nobody has asked yet.');
    await expect(stage.getByTestId('neighbour-line')).toHaveText('It holds every part and answers alone.');
  } finally {
    await site.close();
  }
});

test('a format that does not exist is a problem before anybody presses, and the ones that do are named', async ({
  browser,
}) => {
  const site = await openSite(browser);
  try {
    const stage = await site.openStage({ auto: '0', dtype: 'q8' });
    const load = stage.getByTestId('preflight-load');
    await expect(load).toHaveAttribute('data-mark', 'problem');
    await expect(load).toContainText('It has fp32, q4');
    await expect(stage.getByTestId('join-button')).toBeEnabled();
  } finally {
    await site.close();
  }
});

test('outside of its hours a window rests, and lends by itself when they have come', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage();
    const card = stage.getByTestId('shard-card');
    await expect(card).toHaveAttribute('data-phase', 'serving');
    const hour = await stage.evaluate(() => new Date().getHours());
    const time = (later: number): string => `${String((hour + later + 24) % 24).padStart(2, '0')}:00`;
    const settings = stage.getByTestId('lend-settings');
    await settings.getByText('When this window lends').click();
    await settings.getByLabel('Only at certain hours').check();
    const set = async (from: number, to: number) => {
      await settings.getByLabel('From').fill(time(from));
      await settings.getByLabel('to', { exact: true }).fill(time(to));
    };
    await set(3, 5);
    await expect(stage.getByTestId('paused-shard')).toBeVisible();
    await expect(stage.getByTestId('lend-verdict')).toContainText(`lends again at ${time(3)}`);
    await expect.poll(() => site.server.snapshot().pools[0]?.peers).toBe(0);
    // It is kept, and holds for whoever opens a tab again.
    await stage.reload();
    await expect(stage.getByTestId('paused-shard')).toBeVisible();
    await settings.getByText('When this window lends').click();
    await set(-2, 2);
    await expect(card).toHaveAttribute('data-phase', 'serving');
    await expect(stage.getByTestId('lend-verdict')).toHaveCount(0);
  } finally {
    await site.close();
  }
});
