// A server that was killed in the middle of a paid answer: what its stages had shown is paid by the next one, once.
import { expect, test } from 'vitest';
import { TestFunding } from '../money/test-funding.ts';
import { honestReceipts } from './test-network.ts';
import { allOf, codeOf, delta, GRANTED, JobScene, PRICE } from './test-scene.ts';

const scene = JobScene.set();
/** A prompt of five tokens and two of the answer. */
const WORTH = 5 * PRICE.promptMicros + 2 * PRICE.completionMicros;

/** Two tokens have been relayed, and `seats` of two have shown what they did for them. */
async function shownBy(seats: readonly number[], { isStreamed = true } = {}) {
  const funding = Object.assign(new TestFunding(), { paysLeavers: true });
  funding.purses.set(scene.payer, GRANTED);
  scene.dispatch({ funding, shownEveryMs: 20 });
  const job = await scene.dispatcher.submit({ ...scene.order(), isStreamed });
  const updates = codeOf(allOf(job.updates));
  const { driver, grant } = await scene.started();
  scene.dispatcher.jobEvents(driver.peer, [
    { type: 'started', job: job.id, promptTokens: 5 },
    delta(job.id, [11, 12], 'ab'),
  ]);
  const [entry, exit] = [scene.network.peer(0), scene.network.peer(1)];
  const signed = await honestReceipts(scene.network, { job: job.id, nonce: grant.nonce, to: 7, frames: 3 });
  for (const seat of seats) {
    const peer = scene.network.peer(seat);
    await scene.dispatcher.receiptsCame(peer, job.id, 1, [signed.get(peer)!], undefined, true);
  }
  const kept = async (): Promise<number> =>
    (await scene.store.listShown()).find(({ id }) => id === job.id)?.terms.stages.length ?? 0;
  return { funding, job: job.id, updates, entry, exit, kept };
}

test('each has its part of what the caller had received, and its row says so', async () => {
  const { funding, job, entry, exit, kept } = await shownBy([0, 1]);
  await expect.poll(kept).toBe(2);
  await scene.settleShown(funding);
  await scene.settleShown(funding);
  expect([funding.earned.get(entry), funding.earned.get(exit)]).toEqual([WORTH / 2, WORTH / 2]);
  expect(funding.purses.get(scene.payer)).toBe(GRANTED - WORTH);
  expect(await kept()).toBe(0);
  expect(await scene.store.find(job, scene.payer)).toMatchObject({
    ...{ state: 'failed', chargedMicros: WORTH, error: { code: 'shutting-down' } },
  });
  expect((await scene.receipts.of(job)).stages).toHaveLength(2);
});

test('who had shown nothing has nothing, and it stays the payer’s', async () => {
  const { funding, entry, exit, kept } = await shownBy([1]);
  await expect.poll(kept).toBe(1);
  await scene.settleShown(funding);
  expect([funding.earned.get(entry), funding.earned.get(exit)]).toEqual([undefined, WORTH / 2]);
  expect(funding.purses.get(scene.payer)).toBe(GRANTED - WORTH / 2);
});

test('a server that dies between payment and row pays nobody twice', async () => {
  const { funding, entry, kept } = await shownBy([0, 1]);
  await expect.poll(kept).toBe(2);
  await scene.settleShown(funding, { endShown: () => Promise.reject(new Error('killed')) });
  expect(await kept()).toBe(2);
  await scene.settleShown(funding);
  expect([funding.earned.get(entry), await kept()]).toEqual([WORTH / 2, 0]);
});

test('an answer that is told whole was never told: nothing of it is kept', async () => {
  const { funding, kept, entry } = await shownBy([0, 1], { isStreamed: false });
  await scene.settleShown(funding);
  expect([await kept(), funding.earned.get(entry)]).toEqual([0, undefined]);
});

test('one whose money was given back already holds up no other', async () => {
  const lost = await shownBy([0, 1]);
  await expect.poll(lost.kept).toBe(2);
  await lost.funding.release(lost.job);
  await scene.settleShown(lost.funding);
  expect(lost.funding.earned.size).toBe(0);
  expect((await scene.store.endOrphans()).map(({ id }) => id)).toContain(lost.job);
  expect(await lost.kept()).toBe(0);
});

test('an answer that ended leaves nothing for the next server', async () => {
  const { job, kept, updates } = await shownBy([0, 1]);
  await expect.poll(kept).toBe(2);
  await scene.dispatcher.close();
  expect(await updates).toBe('shutting-down');
  await scene.settled(job);
  expect(await kept()).toBe(0);
});
