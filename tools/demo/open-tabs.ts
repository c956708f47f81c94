// Opens the demo's tabs, each in a context of its own as if on another device, and keeps what goes wrong in them.
import type { Browser, Page } from '@playwright/test';
import type { DemoOptions } from './read-demo-options.ts';

export interface DemoTabs {
  /** At /join, in the order of opening. */
  stages: Page[];
  /** At /chat. */
  chat: Page;
  /** Errors that pages reported, for a failure's report. At most `MAX_FAULTS`. */
  faults: string[];
}

const MAX_FAULTS = 20;
/** Large enough that the screenshot shows the conversation and the coalition beside each other. */
const VIEWPORT = { width: 1280, height: 900 };

export async function openTabs(
  browser: Browser,
  siteUrl: string,
  backend: string,
  options: Pick<DemoOptions, 'stages' | 'maxTokens' | 'seed' | 'temperature'>,
): Promise<DemoTabs> {
  const faults: string[] = [];
  const open = async (name: string, address: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: VIEWPORT });
    const page = await context.newPage();
    const note = (text: string): void => {
      if (faults.length < MAX_FAULTS) faults.push(`${name}: ${text}`);
    };
    page.on('pageerror', (error) => note(error.message));
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
    page.on('crash', () => note('the tab crashed'));
    await page.goto(`${siteUrl}${address}`);
    return page;
  };
  const stages: Page[] = [];
  for (let at = 0; at < options.stages; at++) {
    stages.push(await open(`tab ${at + 1}`, `/join?auto=1&backend=${backend}`));
  }
  return { stages, chat: await open('chat', chatAddress(options)), faults };
}

/** `/chat` with the settings that were given; the page has the model's own defaults for the rest. */
export function chatAddress({
  maxTokens,
  seed,
  temperature,
}: Pick<DemoOptions, 'maxTokens' | 'seed' | 'temperature'>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ max: maxTokens, seed, temperature })) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `/chat?${query}` : '/chat';
}
