// A whole network for a cell: a server in a process of its own, and tabs that each have a browser of their own, so that one can
// be stopped or killed without the others; what they send each other crosses the laboratory's relay.
import type { Browser, Page } from '@playwright/test';
import { rendererPids } from '../../e2e/support/renderer-pids.ts';
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { launchBrowser } from '../../tools/browser/launch-browser.ts';
import { type ServerProcess, startServerProcess } from '../../tools/server/server-process.ts';
import { LAB_FLAGS, type Lab, openLab } from '../lab/open-lab.ts';
import type { BenchModel } from '../support/bench-models.ts';
import { KEEP_DEVICES } from './keep-devices.ts';

/** Each direction of each link, from the start. */
const ONE_WAY_MS = 20;
/** Slices of 315 MB as the runtime holds them, and caches. */
const LENT_MB = 2500;

export interface Tab {
  page: Page;
  /** As the laboratory counts. */
  number: number;
  /** Processes that run its page and workers. */
  pids(): Promise<number[]>;
  /** Also when it was killed, or stands still. */
  close(): Promise<void>;
}

export interface Network {
  server: ServerProcess;
  lab: Lab;
  /** Those that are open. */
  tabs: ReadonlySet<Tab>;
  openStage(backend?: 'wasm' | 'webgpu'): Promise<Tab>;
  openChat(query: Record<string, string>): Promise<Tab>;
  close(): Promise<void>;
}

const networks = new Set<Network>();

/** For a program that is told to end: stopped processes and a server would outlive it. */
export const closeNetworks = async (): Promise<void> => {
  await Promise.all([...networks].map((network) => network.close()));
};

/** @param stages as the server's flag has it. */
export async function openNetwork(model: BenchModel, stages: number | 'all'): Promise<Network> {
  const executablePath = findBrowser()?.path;
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one.');
  const { repo, revision, dtype } = model.model;
  const launch = (gpu: 'none' | 'software') => launchBrowser({ executablePath, gpu, args: LAB_FLAGS });
  const server = await startServerProcess([
    ...['--model', repo, '--revision', revision, '--dtype', dtype, '--models', model.modelsDir],
    ...['--stages', String(stages), '--welcome-credits', '10000', '--welcomes-per-address-per-day', '1000'],
    ...['--rate-per-minute', '100000', '--max-queue-per-account', '64'],
  ]);
  const tabs = new Set<Tab>();
  const first = await launch('none');
  const lab = await openLab(first);
  await lab.reshape({ delayMs: ONE_WAY_MS });
  let count = 0;

  async function open(path: string, query: Record<string, string>, gpu: 'none' | 'software' = 'none'): Promise<Tab> {
    const browser: Browser = await launch(gpu);
    const context = await lab.within(browser).newContext();
    const number = count++;
    if (gpu === 'software') await context.route('**/*.js', KEEP_DEVICES);
    const page = await context.newPage();
    await page.goto(`${server.url}${path}?${new URLSearchParams(query)}`);
    const tab: Tab = {
      ...{ page, number, pids: () => rendererPids(browser) },
      async close() {
        tabs.delete(tab);
        // A stopped renderer would hold up the browser's end.
        for (const pid of await rendererPids(browser).catch(() => [])) signal(pid, 'SIGKILL');
        await browser.close();
      },
    };
    tabs.add(tab);
    return tab;
  }

  const network: Network = {
    ...{ server, lab, tabs },
    openStage: (backend = 'wasm') =>
      open('/join', { auto: '1', backend, memoryMb: String(LENT_MB) }, backend === 'webgpu' ? 'software' : 'none'),
    openChat: (query) => open('/chat', { temperature: '0.8', topK: '0', topP: '1', seed: '77', ...query }),
    async close() {
      networks.delete(network);
      for (const tab of [...tabs]) await tab.close();
      await lab.close();
      await first.close();
      await server.close();
    },
  };
  networks.add(network);
  return network;
}

/** A process that is gone already needs none. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
