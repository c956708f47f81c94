// E1: pages at another device's address over plain http, where the browser gives them neither WebGPU nor WebCrypto.
import { expect, test } from '@playwright/test';
import { distantLaunch } from './support/launch.ts';
import { openSite } from './support/site.ts';

const LAN = '192.168.1.7';

test.use({ launchOptions: distantLaunch(LAN) });

test('E1: /join and /chat say what fails, why and where they would work; nothing starts and nothing throws', async ({
  browser,
}) => {
  const site = await openSite(browser);
  const { port } = site.server;
  const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
  const troubles: string[] = [];
  try {
    for (const path of ['/join', '/join?auto=1&backend=wasm', '/chat?ask=Hello']) {
      const page = await context.newPage();
      page.on('pageerror', (error) => troubles.push(`${path}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') troubles.push(`${path}: ${message.text()}`);
      });
      page.on('websocket', (socket) => troubles.push(`${path} opened ${socket.url()}`));
      page.on('worker', (worker) => troubles.push(`${path} started ${worker.url()}`));
      await page.goto(`http://${LAN}:${port}${path}`);
      const card = page.getByTestId('insecure-card');
      await expect(card).toContainText(`http://${LAN}:${port} is neither`);
      expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
      const links = await card.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
      expect(links).toEqual([`http://localhost:${port}${path}`, `https://${LAN}${path}`]);
      for (const part of ['join-button', 'shard-card', 'composer', 'chat-state', 'error-card']) {
        await expect(page.getByTestId(part), part).toHaveCount(0);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'no sideways scroll').toBe(360);
      await page.close();
    }
    expect(troubles).toEqual([]);

    // The address that the card names works.
    const page = await context.newPage();
    await page.goto(`http://localhost:${port}/join`);
    await expect(page.getByTestId('join-button')).toBeVisible();
    await expect(page.getByTestId('insecure-card')).toHaveCount(0);
  } finally {
    await context.close();
    await site.close();
  }
});
