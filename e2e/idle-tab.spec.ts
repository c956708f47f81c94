// What a tab that lends costs its owner while nobody asks: the model's cores are not spent on drawing.
import { expect, test } from '@playwright/test';
import { ask, chatReady, openSite } from './support/site.ts';

test('a tab that has answered and waits draws nothing, and says that it has nothing to do', async ({ browser }) => {
  const site = await openSite(browser, { stages: 1 });
  try {
    const stage = await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '24' });
    await chatReady(chat, 1);
    await ask(chat, 'What is a shard?');
    await chat.close();
    const card = stage.getByTestId('shard-card');
    await expect(card).toHaveAttribute('data-tokens', /[1-9]/);
    await expect(card.getByText('– tok/s')).toBeVisible();
    const drawn = () =>
      stage.evaluate(() => ({
        animations: document.getAnimations().length,
        dashed: document.querySelectorAll('[data-testid="coalition-ring"] path[stroke-dashoffset]').length,
      }));
    expect(await drawn()).toEqual({ animations: 0, dashed: 0 });
  } finally {
    await site.close();
  }
});
