// What people read while a pool comes together: how many tabs are here, how to bring one more, and what lending has brought.
import { expect, test } from '@playwright/test';
import { ask, chatReady, openSite } from './support/site.ts';

test('E7, D6: one of two tabs, the other one, and answers that each of them earns by', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    const chat = await site.openChat();
    const state = chat.getByTestId('chat-state');
    await expect(state).toHaveAttribute('data-phase', 'no-stages');
    const first = await site.openStage();
    const waits = 'One of two tabs is here; one more is needed.';
    await expect(state.getByRole('status')).toHaveText(waits);
    await expect(state.getByRole('link', { name: 'Lend a tab too' })).toBeVisible();
    await expect(first.getByTestId('shard-card')).toContainText(waits);

    const invite = first.getByTestId('invite');
    await invite.getByText('Invite another device').click();
    await expect(invite).toContainText(`${site.url}/join?model=computepool`);
    await expect(invite.getByTestId('invite-own-device')).toBeVisible();

    const second = await site.openStage();
    await chatReady(chat, 2);
    const earned = first.getByTestId('earned-since');
    await expect(earned).toHaveAttribute('data-answers', '0');
    const figure = first.getByTestId('earned');
    await expect(figure).toContainText(/^Credits of tab \w+10 credits$/);

    let before = 0;
    for (const answers of [1, 2]) {
      await ask(chat, answers === 1 ? 'What is a shard?' : 'And what is a coalition?');
      for (const tab of [first, second]) {
        await expect(tab.getByTestId('earned-since')).toHaveAttribute('data-answers', String(answers));
      }
      await expect.poll(async () => Number(await earned.getAttribute('data-gain-micros'))).toBeGreaterThan(before);
      before = Number(await earned.getAttribute('data-gain-micros'));
      await expect(earned).toContainText(new RegExp(`Helped ${answers} answers?, \\d+ tokens, \\+0\\.000\\d+ credits`));
      await expect(figure).toContainText('10.000');
    }
  } finally {
    await site.close();
  }
});
