// A whole network for a test: the real server on a free port with the built site, and pages of it in contexts of their own.
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import type { Answer } from '../../shard-worker/words/peer-state.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../signaling/start-server.ts';
import { whileThingsMove } from './while-things-move.ts';

export interface Site {
  url: string;
  server: RunningServer;
  openStage(query?: Record<string, string>): Promise<Page>;
  openChat(query?: Record<string, string>): Promise<Page>;
  close(): Promise<void>;
}

/** A question may wait for its turn, on a machine with other work. */
const BEGUN_WITHIN_MS = 120_000;

/** Browser contexts share nothing: neither storage nor cache, as on machines of different people. */
export async function openSite(
  browser: Pick<Browser, 'newContext'>,
  options: Partial<ServerOptions> = {},
): Promise<Site> {
  const server = await startServer({
    port: 0,
    siteDir: 'out',
    modelsDir: 'public/models',
    logger: 'silent',
    ...options,
  });
  const contexts: BrowserContext[] = [];
  const open = async (path: string, query: Record<string, string>) => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`page error on ${path}: ${error.message}`));
    await page.goto(`${server.url}${path}?${new URLSearchParams(query)}`);
    return page;
  };
  return {
    url: server.url,
    server,
    openStage: (query = {}) => open('/join', { auto: '1', backend: 'wasm', ...query }),
    openChat: (query = {}) => open('/chat', query),
    async close() {
      for (const context of contexts) await context.close();
      await server.close();
    },
  };
}

export const chatPhase = (chat: Page, phase: string): Promise<void> => chatState(chat, 'phase', phase);

/** Waits until the route has that many stages and answers. */
export async function chatReady(chat: Page, stages: number): Promise<void> {
  await chatPhase(chat, 'ready');
  await chatState(chat, 'stages', String(stages));
}

const chatState = (chat: Page, name: string, value: string): Promise<void> =>
  whileThingsMove(chat, async () => {
    const found = await chat.getByTestId('chat-state').getAttribute(`data-${name}`);
    return found === value ? undefined : `the chat's ${name} is ${found} and not ${value}`;
  });

/** Types and sends, as a person does; does not wait for the answer. */
export async function send(chat: Page, text: string): Promise<void> {
  await chat.getByTestId('composer').fill(text);
  await chat.getByTestId('send').click();
}

/** Waits until the last answer has so much text of its own: what the page says meanwhile is none. */
export async function answerBegun(chat: Page, characters = 20): Promise<void> {
  await chat.waitForFunction(
    (least) => {
      const text = [...document.querySelectorAll('[data-testid=answer]')].at(-1)?.querySelector('.answer-text');
      return (text?.textContent ?? '').length > least;
    },
    characters,
    { timeout: BEGUN_WITHIN_MS },
  );
}

export const answersOf = (chat: Page): Promise<number> => chat.evaluate(() => window.__computepool?.answers ?? 0);

/** Asks and gives the finished answer with its exact numbers. */
export async function ask(chat: Page, text: string): Promise<Answer> {
  const before = await answersOf(chat);
  await send(chat, text);
  return finishedAnswer(chat, before);
}

export async function finishedAnswer(chat: Page, before: number): Promise<Answer> {
  await whileThingsMove(chat, async () => {
    if ((await answersOf(chat)) > before) return undefined;
    const last = chat.getByTestId('answer').last();
    const status = (await last.count()) > 0 ? await last.getAttribute('data-status') : 'not there';
    if (status === 'error') await tryAgain(last);
    return `the answer is ${status}`;
  });
  return chat.evaluate(() => window.__computepool!.lastAnswer);
}

/**
 * A tab on a loaded machine answers late, and the planner takes it for one that is far away: it then asks to come back later, and
 * a person does. Any other failure is one.
 */
async function tryAgain(failed: Locator): Promise<void> {
  const text = await failed.innerText();
  if (!text.includes('nobody should wait for each token')) throw new Error(`The answer failed: ${text}`);
  await failed.getByRole('button', { name: 'Try again' }).click();
}

/** What a shard card says of its slice. */
export async function sliceOf(stage: Page) {
  const card = stage.getByTestId('shard-card').first();
  await expect(card).toHaveAttribute('data-phase', 'serving');
  const read = async (name: string) => Number(await card.getAttribute(`data-${name}`));
  return {
    start: await read('start'),
    end: await read('end'),
    networkBytes: await read('network-bytes'),
    cachedBytes: await read('cached-bytes'),
    totalBytes: await read('total-bytes'),
  };
}
