// How each fault is done, to the real thing: a tab, its processes, its worker, its links, or the server's process.
import type { Worker } from '@playwright/test';
import type { Fault } from './cells.ts';
import { destroyDevices } from './keep-devices.ts';
import { type Network, signal, type Tab } from './open-network.ts';

const FREEZE_MS = 2_000;
const PAUSE_MS = 10_000;

/** Resolves once it has happened; a pause is over by itself later. */
export async function befallTab(fault: Fault, network: Network, tab: Tab): Promise<void> {
  if (fault === 'close') return tab.page.close();
  if (fault === 'worker') {
    await workerOf(tab).evaluate(() => self.close());
    return;
  }
  if (fault === 'device') {
    if ((await workerOf(tab).evaluate(destroyDevices)) === 0) throw new Error('The worker has no GPU device.');
    return;
  }
  if (fault === 'radio') return cut(network, tab, 1);
  if (fault === 'freeze') {
    await cut(network, tab, 1);
    later(FREEZE_MS, () => cut(network, tab, 0));
    return;
  }
  const pids = await tab.pids();
  if (pids.length === 0) throw new Error('The tab has no process.');
  const send = (name: NodeJS.Signals) => {
    for (const pid of pids) signal(pid, name);
  };
  send(fault === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  if (fault === 'pause') later(PAUSE_MS, async () => send('SIGCONT'));
}

/** Killed, it is started again at once. */
export async function befallServer(fault: Fault, { server }: Network): Promise<void> {
  if (fault === 'kill') {
    await server.kill();
    return server.start();
  }
  const { pid } = server;
  signal(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  signal(pid, 'SIGCONT');
}

/** The one that computes; a tab has a second one, which only answers pulses. */
function workerOf(tab: Tab): Worker {
  const worker = tab.page.workers().find((each) => each.url().includes('worker'));
  if (!worker) throw new Error('The tab has no worker.');
  return worker;
}

/** All links of a tab, both ways. The delay stays. */
async function cut({ lab, tabs }: Network, tab: Tab, lossRate: number): Promise<void> {
  await Promise.all(
    [...tabs]
      .filter((other) => other !== tab)
      .map((other) => lab.reshapePair(tab.number, other.number, { delayMs: 20, lossRate })),
  );
}

/** A network that was closed meanwhile needs it no more. */
function later(ms: number, work: () => Promise<void>): void {
  setTimeout(() => void work().catch(() => {}), ms);
}
