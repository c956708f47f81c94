// What stands behind the pictures: a server of its own, tabs that lend and ask, each in a context of its own, opened when they are
// first wanted and kept for the pictures that follow.
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { type ServerProcess, startServerProcess } from '../server/server-process.ts';

export interface Scene {
  readonly server: ServerProcess;
  /** A new page in an empty profile. */
  open(path: string, before?: (context: BrowserContext) => Promise<unknown>): Promise<Page>;
  /** The page that was made under this name, or `make` does. */
  once(name: string, make: () => Promise<Page>): Promise<Page>;
  /** Two tabs that serve together, and a chat that they would answer. */
  serving(): Promise<void>;
  close(): Promise<void>;
}

const STAGES = 2;
/** A tab on a machine with other work loads its part. */
const READY_MS = 120_000;

export async function openScene(browser: Browser): Promise<Scene> {
  const server = await startServerProcess(['--stages', String(STAGES)]);
  const contexts: BrowserContext[] = [];
  const pages = new Map<string, Page>();
  const open: Scene['open'] = async (path, before) => {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    contexts.push(context);
    await before?.(context);
    const page = await context.newPage();
    await page.goto(`${server.url}${path}`);
    return page;
  };
  const once: Scene['once'] = async (name, make) => {
    const page = pages.get(name) ?? (await make());
    pages.set(name, page);
    return page;
  };
  return {
    server,
    open,
    once,
    async serving() {
      const stages = Array.from({ length: STAGES }, (_, at) =>
        once(`stage ${at}`, () => open('/join?auto=1&backend=wasm')),
      );
      for (const stage of await Promise.all(stages)) {
        await stage.locator('[data-testid=shard-card][data-phase=serving]').waitFor({ timeout: READY_MS });
      }
    },
    async close() {
      for (const context of contexts) await context.close();
      await server.close();
    },
  };
}
