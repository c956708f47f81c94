// Waits until the chat page has a coalition of all tabs, showing how far each tab's slice is. Bounded.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { UsageError } from '../../signaling/config/usage-error.ts';
import type { LiveLines } from '../terminal/live-lines.ts';
import type { DemoTabs } from './open-tabs.ts';
import { formatShard, readShardView, type ShardView } from './shard-view.ts';

const POLL_MS = 200;

interface Waiting {
  timeoutMs: number;
  lines: LiveLines;
  signal: AbortSignal;
  /** Without a terminal: each change of a phase is a line of its own. */
  log: boolean;
}

/** The shards as they serve. Throws `UsageError` when a tab fails or the time is up. */
export async function waitForCoalition(
  tabs: DemoTabs,
  { timeoutMs, lines, signal, log }: Waiting,
): Promise<ShardView[]> {
  const deadline = performance.now() + timeoutMs;
  let before: string[] = [];
  for (;;) {
    const shards = await readShards(tabs);
    const drawn = shards.map((view, at) => formatShard(at + 1, view));
    lines.draw(drawn);
    const phases = shards.map(({ phase }) => phase);
    for (const [at, line] of drawn.entries()) {
      if (log && phases[at] !== before[at]) lines.say(line);
    }
    before = phases;
    for (const [at, page] of tabs.stages.entries()) {
      if (phases[at] === 'failed') throw await failure(page, `Tab ${at + 1}`, tabs);
    }
    const chat = await readDataset(tabs.chat, 'chat-state');
    if (chat?.phase === 'failed') throw await failure(tabs.chat, 'The chat page', tabs);
    if (chat?.phase === 'ready' && Number(chat.stages) === tabs.stages.length) {
      lines.clear();
      if (!log) for (const line of drawn) lines.say(line);
      return shards;
    }
    if (performance.now() > deadline) {
      lines.clear();
      throw new UsageError(
        [
          ...drawn,
          ...tabs.faults,
          `The tabs did not form a coalition within ${timeoutMs / 1000} s; the chat page says "${chat?.phase ?? 'nothing yet'}".`,
          'Give it more time with --timeout, or take fewer tabs with --stages.',
        ].join('\n'),
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Attributes of the first element with this test id, as `element.dataset` has them. */
export async function readDataset(page: Page, testId: string): Promise<Record<string, string> | undefined> {
  return page.evaluate((id) => {
    const element = document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
    return element ? (Object.fromEntries(Object.entries(element.dataset)) as Record<string, string>) : undefined;
  }, testId);
}

/** How each stage's card stands now. */
export const readShards = async ({ stages }: DemoTabs): Promise<ShardView[]> =>
  Promise.all(stages.map(async (page) => readShardView(await readDataset(page, 'shard-card'))));

/** A page's error card in words: its sentence, its next step and its code stand there as a person reads them. */
export async function failure(page: Page, who: string, { faults }: DemoTabs): Promise<UsageError> {
  const card = page.getByTestId('error-card').first();
  const shown = (await card.count()) > 0 ? (await card.locator('p').allInnerTexts()).join('\n') : 'It gives no reason.';
  return new UsageError([...faults, `${who} failed.`, shown].join('\n'));
}
