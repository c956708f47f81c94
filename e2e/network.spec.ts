// The live network: two tabs lend, an answer runs through them, and the map, its tables and the JSON behind them show it, with no
// id of anybody.
import { expect, test } from '@playwright/test';
import { networkSchema } from '../protocol/http/network.ts';
import { openAccount } from './support/api-account.ts';
import { openSite } from './support/site.ts';

test('two tabs, their ring, an answer and a tab that goes, as everybody may see them', async ({ browser }) => {
  const site = await openSite(browser, { stages: 2 });
  try {
    const page = await (await browser.newContext({ reducedMotion: 'no-preference' })).newPage();
    await page.goto(`${site.url}/`);
    await page.getByRole('contentinfo').getByRole('link', { name: 'The network, live' }).click();
    await expect(page.getByTestId('network-map')).toContainText('No tab lends at the moment.');
    const stages = await Promise.all([site.openStage(), site.openStage()]);
    const rings = page.getByTestId('network-ring');
    await expect(rings).toHaveCount(1);
    await expect(rings).toContainText('ready');
    await expect(page.getByTestId('network-coverage')).toContainText('parts 1–8: 1 tab.');
    await expect(page.getByRole('img', { name: /^Map of the network: 2 tabs, 1 ring/ })).toBeVisible();

    const { client } = await openAccount(site.url, 'maria');
    await client.chat.completions.create({
      ...{ model: 'computepool/guide-4m', max_tokens: 40, temperature: 0 },
      messages: [{ role: 'user', content: 'What is a shard?' }],
    });
    await expect(rings).toHaveAttribute('data-answering', 'true');
    await expect(page.getByTestId('network-figures')).toContainText('tok/s');
    const points = page.getByTestId('network-points');
    await points.locator('summary').focus();
    await page.keyboard.press('Enter');
    await expect(points.getByRole('row').nth(1)).toContainText('fewer than 5');

    const text = await (await page.request.get(`${site.url}/api/network`)).text();
    const network = networkSchema.parse(JSON.parse(text));
    const peers = site.server.snapshot().coalitions.flatMap(({ seats }) => seats.map(({ peer }) => peer));
    expect(peers).toHaveLength(2);
    for (const name of ['maria', ...peers.map((peer) => peer.slice(0, 8))]) expect(text).not.toContain(name);
    expect(network.coalitions[0]!.seats.map((seat) => seat.peer).sort()).toEqual(network.peers.map(({ id }) => id));

    await stages[1]!.close();
    await expect(page.getByTestId('network-history')).toContainText('Broke once');
  } finally {
    await site.close();
  }
});
