// The network of the soak: a server in a process of its own, one browser, tabs that lend and come and go, and what is seen of all.
import type { Browser, CDPSession, Page } from '@playwright/test';
import { poolIdOf } from '../../protocol/ids.ts';
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { launchBrowser } from '../../tools/browser/launch-browser.ts';
import { type ServerProcess, startServerProcess } from '../../tools/server/server-process.ts';
import { GUIDE } from '../support/bench-models.ts';
import type { Seen } from './judge-end.ts';

const LOOK_MS = 250;
/** A dozen tabs share this machine. */
const PAGE_MS = 120_000;

/** Sizes of a page after its garbage is gone. */
export interface PageSizes {
  heapBytes: number;
  listeners: number;
}

export class SoakNetwork {
  readonly server: ServerProcess;
  readonly #browser: Browser;
  readonly #tabs = new Set<Page>();
  readonly #leaves: number[] = [];
  readonly #looks: { atMs: number; isReady: boolean }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(server: ServerProcess, browser: Browser) {
    this.server = server;
    this.#browser = browser;
    this.#timer = setInterval(() => void this.#look().catch(() => {}), LOOK_MS);
  }

  static async open(stages: number): Promise<SoakNetwork> {
    const executablePath = findBrowser()?.path;
    if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
    const { repo, revision, dtype } = GUIDE.model;
    const server = await startServerProcess([
      ...['--model', repo, '--revision', revision, '--dtype', dtype, '--models', GUIDE.modelsDir],
      ...['--stages', String(stages), '--welcome-credits', '100000', '--welcomes-per-address-per-day', '100000'],
      ...['--rate-per-minute', '100000', '--max-queue-per-account', '64'],
    ]);
    return new SoakNetwork(server, await launchBrowser({ executablePath, gpu: 'none' }));
  }

  get seen(): Seen {
    return { leaves: this.#leaves, looks: this.#looks };
  }

  get tabs(): readonly Page[] {
    return [...this.#tabs];
  }

  async openPage(path: string, query: Record<string, string>): Promise<Page> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    await page.goto(`${this.server.url}${path}?${new URLSearchParams(query)}`, { timeout: PAGE_MS });
    return page;
  }

  async openTab(): Promise<Page> {
    const page = await this.openPage('/join', { auto: '1', backend: 'wasm' });
    this.#tabs.add(page);
    return page;
  }

  async closeTab(page: Page): Promise<void> {
    this.#tabs.delete(page);
    this.#leaves.push(Date.now());
    await page.context().close();
  }

  /** A number of the server's metrics. */
  async metric(line: RegExp): Promise<number> {
    const text = await (await fetch(`${this.server.url}/metrics`)).text();
    const found = line.exec(text)?.[1];
    if (found === undefined) throw new Error(`The server tells nothing of ${line.source}.`);
    return Number(found);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#browser.close();
    await this.server.close();
  }

  async #look(): Promise<void> {
    const url = `${this.server.url}/api/pools/${encodeURIComponent(poolIdOf(GUIDE.model))}/state`;
    const { serving, further } = (await (await fetch(url)).json()) as PoolState;
    const isReady = [serving, ...further].some((coalition) => coalition?.state === 'ready');
    this.#looks.push({ atMs: Date.now(), isReady });
  }
}

interface PoolState {
  serving: { state: string } | null;
  further: { state: string }[];
}

export async function sizesOf(session: CDPSession): Promise<PageSizes> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0;
  return { heapBytes: of('JSHeapUsedSize'), listeners: of('JSEventListeners') };
}
