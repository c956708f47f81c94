// Tabs that lend to a market pool, each with a payout address of its own, as on devices of different people.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext } from '@playwright/test';
import type { Address } from 'viem';
import type { RunningServer } from '../../signaling/start-server.ts';

export interface LendingTab {
  peer: string;
  payout: Address;
  context: BrowserContext;
}

/** Where /join keeps it. */
const PAYOUT_KEY = 'computepool-payout-address';
const WAIT_MS = 180_000;
const LOOK_MS = 100;

export async function openLendingTab(
  browser: Browser,
  siteUrl: string,
  slug: string,
  payout: Address,
): Promise<LendingTab> {
  const context = await browser.newContext();
  await context.addInitScript(([key, value]) => localStorage.setItem(key!, value!), [PAYOUT_KEY, payout]);
  const page = await context.newPage();
  await page.goto(`${siteUrl}/join?auto=1&backend=wasm&pool=${slug}`);
  const card = page.getByTestId('shard-card').first();
  await card.waitFor({ timeout: WAIT_MS });
  const peer = async (): Promise<string | null> => card.getAttribute('data-peer');
  for (let waitedMs = 0; !(await peer()); waitedMs += LOOK_MS) {
    if (waitedMs > WAIT_MS) throw new Error('A tab did not join.');
    await sleep(LOOK_MS);
  }
  return { peer: (await peer())!, payout, context };
}

/** Waits until a coalition of so many stages serves the pool. */
export async function waitUntilReady(server: RunningServer, pool: string, stages: number): Promise<readonly string[]> {
  for (let waitedMs = 0; waitedMs < WAIT_MS; waitedMs += LOOK_MS) {
    const found = server.snapshot().coalitions.find((each) => each.pool === pool && each.state === 'ready');
    if (found?.seats.length === stages) return found.seats.map(({ peer }) => peer);
    await sleep(LOOK_MS);
  }
  throw new Error(`No coalition of ${stages} tabs formed within ${WAIT_MS / 1000} s.`);
}
