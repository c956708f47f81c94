// A tab that asks the server for a grant and drives its answer itself.

import { beforeEach, describe, expect, it } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { peerOwner } from '../ledger/owner.ts';
import { TestFunding } from '../money/test-funding.ts';
import { honestReceipts, MODEL } from './test-network.ts';
import { delta, GRANTED, JobScene, PLAN, STATS } from './test-scene.ts';

const scene = JobScene.set();

describe('a tab that drives its own answer', () => {
  const ask = (fields: object = {}) =>
    scene.dispatcher.ask(scene.network.peer(3), {
      type: 'ask',
      ask: 7,
      pool: poolIdOf(MODEL),
      promptTokens: 5,
      maxTokens: 8,
      ...fields,
    });

  beforeEach(async () => {
    await scene.ledger.welcome(peerOwner(scene.network.peer(3)), 'tab');
  });

  it('gets leave, says what it got, and hears what it was charged', async () => {
    await ask();
    const { message } = await scene.network.next('ask-granted', scene.network.peer(3));
    const grant = await scene.openGrant(message.grant, scene.network.peer(3));
    expect(message).toMatchObject({ ask: 7, epoch: 1, plan: PLAN, heldMicros: 5 * 4 + 8 * 40 });
    const driver = scene.network.identities[3]!;
    const signed = await honestReceipts(scene.network, {
      job: message.job,
      nonce: grant.nonce,
      to: 8,
      frames: 4,
      driver,
    });
    scene.answerReceipts(message.job, signed.stages);
    scene.dispatcher.askDone(driver.peer, {
      ...{ type: 'ask-done', job: message.job, promptTokens: 5, cachedTokens: 0, completionTokens: 3 },
      ...{ stats: STATS, receipts: [signed.driver] },
    });
    const settled = await scene.network.next('ask-settled', driver.peer);
    expect(settled.message.chargedMicros).toBeGreaterThan(0);
    expect((await scene.ledger.balanceOf(peerOwner(driver.peer))).availableMicros).toBe(
      GRANTED - settled.message.chargedMicros,
    );
  });

  it('vanishes: the stages are paid for what they agree on', async () => {
    await ask();
    const { message } = await scene.network.next('ask-granted', scene.network.peer(3));
    const grant = await scene.openGrant(message.grant, scene.network.peer(3));
    const driver = scene.network.identities[3]!;
    const signed = await honestReceipts(scene.network, {
      job: message.job,
      nonce: grant.nonce,
      to: 8,
      frames: 4,
      driver,
    });
    scene.answerReceipts(message.job, signed.stages);
    scene.answerReceipts(message.job, signed.stages);
    scene.dispatcher.peerGone(driver.peer);
    await scene.dispatcher.close();
    expect((await scene.ledger.balanceOf(peerOwner(scene.network.peer(0)))).availableMicros).toBeGreaterThan(0);
  });

  it('leaves no job behind when it vanished before its leave came', async () => {
    const peer = scene.network.peer(3);
    const asking = ask();
    scene.dispatcher.peerGone(peer);
    scene.network.gone.add(peer);
    await asking;
    await expect.poll(() => scene.dispatcher.load()).toEqual({ running: 0, waiting: 0 });
    await expect.poll(async () => (await scene.ledger.totals()).openHolds).toBe(0);
  });

  it('is refused with a reason, and may give up while it waits', async () => {
    scene.network.isServing = false;
    await ask();
    scene.dispatcher.askCancelled(scene.network.peer(3), 7);
    const refused = await scene.network.next('ask-refused', scene.network.peer(3));
    expect(refused.message.error.code).toBe('cancelled');
    scene.network.ring = [];
    await ask();
    expect((await scene.network.next('ask-refused', scene.network.peer(3))).message.error.code).toBe('no-stages');
  });

  it('gives up while its ask is on its way in: nothing is started for it', async () => {
    const asking = ask();
    scene.dispatcher.askCancelled(scene.network.peer(3), 7);
    await asking;
    const refused = await scene.network.next('ask-refused', scene.network.peer(3));
    expect(refused.message).toMatchObject({ ask: 7, error: { code: 'cancelled' } });
    expect(scene.network.sent).toEqual([]);
    expect(scene.dispatcher.load()).toEqual({ running: 0, waiting: 0 });
  });

  it('gives up while its leave is on its way to it: the job ends, and does not wait for a driver that drives nothing', async () => {
    await ask();
    await scene.network.next('ask-granted', scene.network.peer(3));
    scene.dispatcher.askCancelled(scene.network.peer(3), 7);
    const { message } = await scene.network.next('ask-settled', scene.network.peer(3));
    expect(message.chargedMicros).toBe(0);
    expect(scene.dispatcher.load()).toEqual({ running: 0, waiting: 0 });
  });

  it('cannot give up what others asked, nor what it did not', async () => {
    const asking = ask();
    scene.dispatcher.askCancelled(scene.network.peer(2), 7);
    scene.dispatcher.askCancelled(scene.network.peer(3), 8);
    await asking;
    await scene.network.next('ask-granted', scene.network.peer(3));
    scene.dispatcher.askCancelled(scene.network.peer(2), 7);
    expect(scene.dispatcher.load()).toEqual({ running: 1, waiting: 0 });
  });

  it('that asks many times at once is answered a few times, and again when these are over', async () => {
    const peer = scene.network.peer(3);
    await Promise.all(Array.from({ length: 9 }, (_, index) => ask({ ask: index })));
    const codes = scene.network.sent.flatMap(({ message }) =>
      message.type === 'ask-refused' ? [message.error.code] : [],
    );
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'rate-limited'));
    expect(scene.dispatcher.load().running).toBe(4);
    scene.dispatcher.peerGone(peer);
    for (let count = 0; count < 4; count++) await scene.network.next('ask-settled', peer);
    await ask({ ask: 10 });
    await expect.poll(() => scene.dispatcher.load().running).toBe(1);
  });

  it('is told no more than that the server failed, where it did', async () => {
    const funding = new TestFunding(GRANTED);
    funding.reserve = () => Promise.reject(new Error('password=hunter2'));
    scene.dispatch({ funding });
    await ask();
    const { message } = await scene.network.next('ask-refused', scene.network.peer(3));
    expect(message.error).toEqual({ code: 'internal', message: 'The server failed.' });
  });

  it('reports no more of an answer than it asked for, and no answer of another', async () => {
    await ask();
    const { message } = await scene.network.next('ask-granted', scene.network.peer(3));
    const most = Number.MAX_SAFE_INTEGER;
    const done = {
      type: 'ask-done' as const,
      job: message.job,
      ...{ promptTokens: most, cachedTokens: most, completionTokens: most, stats: STATS, receipts: [] },
    };
    scene.dispatcher.askDone(scene.network.peer(2), done);
    scene.dispatcher.jobEvents(scene.network.peer(3), [delta(message.job, [1])]);
    expect(scene.dispatcher.load().running).toBe(1);
    scene.dispatcher.askDone(scene.network.peer(3), done);
    scene.dispatcher.askDone(scene.network.peer(3), { ...done, completionTokens: 0 });
    await scene.network.next('ask-settled', scene.network.peer(3));
    expect(await scene.dispatcher.find(message.job, peerOwner(scene.network.peer(3)))).toMatchObject({
      state: 'done',
      usage: { promptTokens: 5, cachedTokens: 5, completionTokens: 8 },
    });
  });
});
