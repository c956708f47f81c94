// What every scenario of the laboratory begins with: the built site, a browser whose tabs speak through the relay, pages
// with a script of the bench, and an end that leaves nothing running.
import type { Browser, Page } from '@playwright/test';
import { type Harness, serveHarness } from '../../e2e/support/serve-harness.ts';
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { launchBrowser } from '../../tools/browser/launch-browser.ts';
import { ensureBuilt } from '../../tools/site/ensure-built.ts';
import { LAB_FLAGS, type Lab, openLab } from '../lab/open-lab.ts';

export interface PageOptions {
  /** Default: the site's own models. */
  modelsDir?: string;
  /** Default: the lab's. */
  browser?: Pick<Browser, 'newContext'>;
  /** The script is a worker's: the page has it as `window.worker`. */
  isWorker?: boolean;
}

export interface BenchLab {
  browser: Browser;
  lab: Lab;
  /** A page with nothing to draw, in a context of its own, that has run `bench/support/SCRIPT`. By default of the lab. */
  openPage(script: string, options?: PageOptions): Promise<Page>;
  /** Runs before the browser is closed, the last one first. */
  atEnd(close: () => Promise<unknown>): void;
}

/** Runs `measure` and closes all that it opened, whether it succeeds or not. */
export async function withBenchLab<T>(measure: (bench: BenchLab) => Promise<T>): Promise<T> {
  await ensureBuilt();
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const closers: (() => Promise<unknown>)[] = [];
  const browser = await launchBrowser({ executablePath, args: LAB_FLAGS });
  closers.push(() => browser.close());
  try {
    const lab = await openLab(browser);
    closers.push(lab.close);
    const harnesses = new Map<string, Promise<Harness>>();
    const serve = (worker: string, modelsDir: string) => {
      const known = harnesses.get(worker);
      if (known) return known;
      const harness = serveHarness({ worker: `bench/support/${worker}`, modelsDir });
      harnesses.set(worker, harness);
      closers.push(async () => (await harness).close());
      return harness;
    };
    return await measure({
      browser,
      lab,
      async openPage(script, { modelsDir = 'public/models', browser: within = lab.browser, isWorker = false } = {}) {
        const { url } = await serve(script, modelsDir);
        const page = await (await within.newContext()).newPage();
        page.on('pageerror', (error) => console.error(`${script}: ${error.message}`));
        await page.goto(url);
        await page.evaluate(
          (asWorker) =>
            asWorker
              ? void Object.assign(window, { worker: new Worker('/worker.js', { type: 'module' }) })
              : import('/worker.js' as string).then(() => {}),
          isWorker,
        );
        return page;
      },
      atEnd: (close) => closers.push(close),
    });
  } finally {
    for (const close of closers.reverse()) await close().catch((error) => console.error(String(error)));
  }
}
