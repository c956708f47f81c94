// What a cell reads of a network: who holds which layers, what the ledger holds, whether a ring serves.
import type { Role } from './cells.ts';
import type { Network, Tab } from './open-network.ts';
import { until } from './until.ts';

const FORM_MS = 180_000;
/** Who vanished is waited for, then for the receipts of others. */
const SETTLE_MS = 200_000;

export interface Stage {
  tab: Tab;
  phase: string;
  start: number;
  end: number;
}

/** Tabs that lend, as their cards say. One that is gone, or stands still, must not be asked. */
export async function readStages(tabs: readonly Tab[]): Promise<Stage[]> {
  return Promise.all(
    tabs.map(async (tab) => {
      const card = tab.page.getByTestId('shard-card').first();
      const read = async (name: string) => (await card.getAttribute(`data-${name}`)) ?? '';
      const [phase, start, end] = [await read('phase'), await read('start'), await read('end')];
      return { tab, phase, start: start === '' ? -1 : Number(start), end: Number(end) };
    }),
  );
}

/** The ring's stages in their order. Tabs in reserve have no seat: their layers, if any, are nobody's. */
export async function seatsOf(tabs: readonly Tab[], layers: number): Promise<Stage[]> {
  const serving = (await readStages(tabs)).filter(({ phase }) => phase === 'serving');
  const seats: Stage[] = [];
  for (let at = 0; at < layers; at = seats.at(-1)!.end) {
    const next = serving.find(({ start }) => start === at);
    if (!next) throw new Error(`nobody says that it serves layer ${at}`);
    seats.push(next);
  }
  return seats;
}

export function seatOf(seats: readonly Stage[], role: Role): Stage {
  const at = { entry: 0, middle: 1, exit: seats.length - 1 }[role as 'entry' | 'middle' | 'exit'];
  return seats[at]!;
}

/** Until the asking page knows a ring of so many stages that answers. */
export async function ringReady(chat: Tab, stages: number): Promise<void> {
  const state = chat.page.getByTestId('chat-state');
  await until(`a ring of ${stages} answers`, FORM_MS, async () => {
    if ((await state.count()) === 0) return false;
    const [phase, count] = [await state.getAttribute('data-phase'), await state.getAttribute('data-stages')];
    return phase === 'ready' && count === String(stages);
  });
}

/** What is held once nothing moves any more, or nobody waits any longer. */
export async function heldMicros({ server }: Network): Promise<number> {
  const read = async (): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const found = /^computepool_ledger_micros\{bucket="held"\} (\S+)$/m.exec(text)?.[1];
    if (found === undefined) throw new Error('The server tells nothing of its holds.');
    return Number(found);
  };
  await until('nothing is held', SETTLE_MS, async () => (await read()) === 0).catch(() => {});
  return read();
}
