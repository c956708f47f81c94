// A tab that asks the server for a grant and drives its answer itself.

import { beforeEach, describe, expect, it } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { peerOwner } from '../ledger/owner.ts';
import { honestReceipts, MODEL } from './test-network.ts';
import { GRANTED, JobScene, PLAN, STATS } from './test-scene.ts';

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
});
