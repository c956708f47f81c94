// E12: a model that nobody can serve, as the one who lends and the one who asks are told of it.
import { expect, test } from '@playwright/test';
import { openSite } from './support/site.ts';

test('a weight format that does not exist: both pages say so, and which ones there are', async ({ browser }) => {
  const site = await openSite(browser);
  const said = 'computepool/guide-4m has no weights in q8; it has fp32 and q4.';
  try {
    const stage = await site.openStage({ dtype: 'q8' });
    await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'failed');
    await expect(stage.getByTestId('error-card')).toContainText(said);
    const chat = await site.openChat({ dtype: 'q8' });
    await expect(chat.getByTestId('chat-state').getByTestId('error-card')).toContainText(said);
    await expect(chat.getByTestId('chat-state')).not.toContainText('No tabs have joined');
    await expect(chat.getByTestId('chat-state')).not.toContainText('Not connected');
  } finally {
    await site.close();
  }
});
