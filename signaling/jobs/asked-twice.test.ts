// The asks of a tab whose socket breaks, or whose page is reloaded, around a grant.
import { beforeEach, expect, it } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { ASKS_OF_PAGE } from '../../protocol/limits.ts';
import { peerOwner } from '../ledger/owner.ts';
import { MODEL } from './test-network.ts';
import { GRANTED, JobScene } from './test-scene.ts';

const scene = JobScene.set();
const HELD = 5 * 4 + 8 * 40;
const tab = () => scene.network.peer(3);
const ask = (number: number): Promise<void> =>
  scene.dispatcher.ask(tab(), {
    ...{ type: 'ask', ask: number, pool: poolIdOf(MODEL), promptTokens: 5, maxTokens: 8 },
  });
const granted = async () => (await scene.network.next('ask-granted', tab())).message;
const blink = (): void => {
  scene.dispatcher.peerGone(tab());
  scene.dispatcher.peerJoined(tab());
};

beforeEach(() => scene.ledger.welcome(peerOwner(tab()), 'tab'));

it('one that is said twice is granted once, and told again', async () => {
  await ask(7);
  const first = await granted();
  blink();
  await ask(7);
  const again = await granted();
  expect(again).toMatchObject({ ask: 7, job: first.job, epoch: first.epoch });
  expect(scene.dispatcher.load()).toEqual({ running: 1, waiting: 0 });
  expect((await scene.ledger.balanceOf(peerOwner(tab()))).heldMicros).toBe(HELD);
  scene.dispatcher.askCancelled(tab(), 7);
  await expect.poll(async () => (await scene.ledger.balanceOf(peerOwner(tab()))).availableMicros).toBe(GRANTED);
});

it('one that is said twice while it comes in is one', async () => {
  await Promise.all([ask(7), ask(7)]);
  expect(scene.dispatcher.load()).toEqual({ running: 1, waiting: 0 });
  scene.dispatcher.askCancelled(tab(), 7);
});

it('a page that was reloaded does not wait behind what it had asked before', async () => {
  scene.network.memoryBytes = 1;
  await ask(1);
  const first = await granted();
  blink();
  await ask(3 * ASKS_OF_PAGE + 1);
  const second = await granted();
  expect(second.job).not.toBe(first.job);
  expect(scene.dispatcher.load()).toEqual({ running: 1, waiting: 0 });
  scene.dispatcher.askCancelled(tab(), 3 * ASKS_OF_PAGE + 1);
});
