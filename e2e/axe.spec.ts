// Nobody is kept out: axe finds nothing on any page, in any state shown here, at three widths, in light, dark and forced colours, and in
// German. Each run has a phone in the dark and a wide window in the light; `npm run test:looks` has all.

import { expect, test } from '@playwright/test';
import { look, lookInGerman } from './support/look.ts';
import { openAdmin } from './support/open-admin.ts';
import { QUIET_PAGES } from './support/quiet-pages.ts';
import { ask, chatReady, openSite } from './support/site.ts';

test('no page keeps anybody out', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage({ auto: '0' });
    await expect(stage.getByTestId('join-button')).toBeVisible();
    await look(stage, '/join, asked');
    await lookInGerman(stage, '/join, asked');
    for (const place of QUIET_PAGES) {
      const page = await stage.context().newPage();
      await page.goto(`${site.url}${place}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await look(page, place);
      await lookInGerman(page, place);
      await page.close();
    }
    const admin = await stage.context().newPage();
    await openAdmin(admin, site);
    await look(admin, '/admin, logged in');
    await lookInGerman(admin, '/admin, logged in');
    await admin.close();
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await expect(chat.getByTestId('chat-state')).toHaveAttribute('data-phase', 'no-stages');
    await look(chat, '/chat, nobody there');
    await stage.getByTestId('join-button').click();
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
    await look(stage, '/join, serving');
    await lookInGerman(stage, '/join, serving');
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    await look(chat, '/chat, answered');
    await lookInGerman(chat, '/chat, answered');
    await chat.getByTestId('answer-stats').locator('summary').click();
    await chat.getByTestId('conversations').click();
    await look(chat, '/chat, all of it open');
  } finally {
    await site.close();
  }
});
