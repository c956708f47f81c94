// Whose money pays for a job, when, and when nobody's.

import { describe, expect, it } from 'vitest';
import { TestFunding } from '../money/test-funding.ts';
import { honestReceipts } from './test-network.ts';
import { allOf, codeOf, delta, endOf, GRANTED, JobScene, PRICE, STATS } from './test-scene.ts';

const scene = JobScene.set();

describe('where the price is zero', () => {
  it('nothing is set aside, nobody is paid, and receipts are collected all the same', async () => {
    scene.dispatch({ price: { promptMicros: 0, completionMicros: 0 } });
    const running = scene.runJob();
    const { job, updates } = await running;
    expect(endOf(updates).chargedMicros).toBe(0);
    expect(await scene.ledger.balanceOf(scene.payer)).toEqual({ availableMicros: GRANTED, heldMicros: 0 });
    const kept = await scene.receipts.of(job.id);
    expect(kept.stages).toHaveLength(2);
    expect(await scene.dispatcher.find(job.id, scene.payer)).toMatchObject({ state: 'done', chargedMicros: 0 });
  });

  it('one who has nothing may ask', async () => {
    const funding = new TestFunding();
    scene.dispatch({ price: { promptMicros: 0, completionMicros: 0 }, funding });
    await scene.runJob();
    expect(funding.entries.size).toBe(0);
    expect(funding.work).toEqual([]);
  });
});

describe('a funding of another currency', () => {
  it('reserves, hears who works on it, and pays what the receipts say; credits stay as they are', async () => {
    const funding = new TestFunding();
    funding.purses.set(scene.payer, GRANTED);
    scene.dispatch({ funding });
    const { job, updates } = await scene.runJob();
    const { chargedMicros } = endOf(updates);
    expect(chargedMicros).toBeGreaterThan(0);
    const most = 5 * PRICE.promptMicros + 8 * PRICE.completionMicros;
    expect(funding.entries.get(job.id)).toMatchObject({ state: 'settled', amountMicros: most, chargedMicros });
    expect(funding.work).toEqual([{ job: job.id, verb: 'began', epoch: 1 }]);
    const [entry, exit] = [scene.network.peer(0), scene.network.peer(1)];
    expect([...funding.earned.keys()].sort()).toEqual([entry, exit].sort());
    expect(funding.purses.get(scene.payer)).toBe(GRANTED - chargedMicros);
    expect(await scene.ledger.balanceOf(scene.payer)).toEqual({ availableMicros: GRANTED, heldMicros: 0 });
  });

  it('hears of the coalition that goes on when a driver is lost', async () => {
    const funding = new TestFunding();
    funding.purses.set(scene.payer, GRANTED);
    scene.dispatch({ funding });
    const job = await scene.submit();
    const updates = codeOf(allOf(job.updates));
    const first = await scene.started();
    scene.dispatcher.jobEvents(first.driver.peer, [delta(job.id, [11])]);
    scene.network.ring = [2, 3];
    scene.network.epoch = 2;
    scene.dispatcher.poolChanged(scene.network.coalition().pool);
    scene.dispatcher.peerGone(first.driver.peer);
    await scene.started();
    expect(funding.work.map(({ verb, epoch }) => [verb, epoch])).toEqual([
      ['began', 1],
      ['moved', 2],
    ]);
    await scene.dispatcher.close();
    expect(await updates).toBe('shutting-down');
    expect(funding.purses.get(scene.payer), 'nobody signed for anything').toBe(GRANTED);
  });

  it('pays a stage whose tab was closed in mid-answer for what it had shown by then', async () => {
    const funding = Object.assign(new TestFunding(), { paysLeavers: true });
    funding.purses.set(scene.payer, GRANTED);
    scene.dispatch({ funding, shownEveryMs: 20 });
    const job = await scene.submit();
    const updates = allOf(job.updates);
    const { driver, grant } = await scene.started();
    const say = (...events: Parameters<typeof scene.dispatcher.jobEvents>[1]): void =>
      scene.dispatcher.jobEvents(driver.peer, events);
    say({ type: 'started', job: job.id, promptTokens: 5 }, delta(job.id, [11, 12], 'ab'));
    const [entry, leaver] = [scene.network.peer(0), scene.network.peer(1)];
    const { message } = await scene.network.next('receipt-request', leaver);
    expect(message.goesOn).toBe(true);
    const shown = await honestReceipts(scene.network, { job: job.id, nonce: grant.nonce, to: 7, frames: 3 });
    const { receiptsCame } = scene.dispatcher;
    const came = receiptsCame.bind(scene.dispatcher);
    await came(leaver, job.id, 1, [shown.get(leaver)!], undefined, true);
    // Signed by another one: of no worth.
    await came(leaver, job.id, 1, [shown.get(entry)!], undefined, true);
    scene.network.gone.add(leaver);
    scene.dispatcher.peerGone(leaver);
    say(
      { type: 'finished', job: job.id, choice: 0, reason: 'stop' },
      { type: 'done', job: job.id, cachedTokens: 0, stats: STATS },
    );
    const isLast = () =>
      scene.network.sent.some(({ to, message: m }) => to === entry && m.type === 'receipt-request' && !m.goesOn);
    await expect.poll(isLast).toBe(true);
    await came(entry, job.id, 1, [shown.get(entry)!]);
    await updates;
    await scene.settled(job.id);
    expect(funding.earned.get(leaver)).toBe(funding.earned.get(entry));
    expect(funding.earned.get(leaver)).toBeGreaterThan(0);
  });

  it('that covers a payer’s answers for longer than a grant lets them run so long', async () => {
    const funding = Object.assign(new TestFunding(), { coveredSeconds: () => 7_200 });
    funding.purses.set(scene.payer, GRANTED);
    scene.dispatch({ funding });
    const job = await scene.submit();
    const updates = codeOf(allOf(job.updates));
    const { grant } = await scene.started();
    expect(grant.expires - Date.now() / 1000).toBeGreaterThan(7_100);
    expect(funding.entries.get(job.id)!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 7_200_000);
    await scene.dispatcher.close();
    expect(await updates).toBe('shutting-down');
  });

  it('that refuses to reserve keeps the job out', async () => {
    const funding = new TestFunding();
    scene.dispatch({ funding });
    expect(await codeOf(scene.submit())).toBe('insufficient-credits');
    expect(scene.dispatcher.load()).toEqual({ running: 0, waiting: 0 });
  });

  it('that fails to hear of a coalition does not end the answer', async () => {
    const funding = new TestFunding();
    funding.began = async () => {
      throw new Error('the chain is away');
    };
    funding.purses.set(scene.payer, GRANTED);
    scene.dispatch({ funding });
    const { updates } = await scene.runJob();
    expect(endOf(updates).chargedMicros).toBeGreaterThan(0);
  });
});
