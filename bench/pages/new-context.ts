// An empty profile for one measurement of a page.
import type { Browser, BrowserContext, BrowserContextOptions } from '@playwright/test';

/** The service worker keeps the site when a page rests: nothing that is measured waits for that. */
export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ serviceWorkers: 'block', ...options });
  // tsx gives functions their names back by a call that only its own modules know; those that run in a page have it too.
  await context.addInitScript({ content: 'globalThis.__name = (value) => value;' });
  return context;
}
