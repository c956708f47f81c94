// A tab that asks the server for a grant and drives its answer itself.

import { beforeEach, describe, expect, it } from 'vitest';
import { type JobId, poolIdOf } from '../../protocol/ids.ts';
import { peerOwner } from '../ledger/owner.ts';
import { TestFunding } from '../money/test-funding.ts';
import { honestReceipts, MODEL, noteOf } from './test-network.ts';
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

  /** Granted, with what the stages would sign for three tokens. */
  const granted = async () => {
    await ask();
    const { message } = await scene.network.next('ask-granted', scene.network.peer(3));
    const { job } = message;
    const { nonce } = await scene.openGrant(message.grant ?? '', scene.network.peer(3));
    const signed = await honestReceipts(scene.network, { job, nonce, to: 7, frames: 4 });
    return { message, job, nonce, signed };
  };
  const client = () => scene.network.identities[3]!;
  const done = async (job: JobId, nonce: string, tokens: number) =>
    scene.dispatcher.askDone(client().peer, {
      ...{ type: 'ask-done', job, promptTokens: 5, cachedTokens: 0, completionTokens: tokens, stats: STATS },
      delivery: await noteOf(client(), { job, nonce, tokens }),
    });
  const chargedTo = async (job: JobId): Promise<number> => {
    await scene.settled(job, peerOwner(client().peer));
    return GRANTED - (await scene.ledger.balanceOf(peerOwner(client().peer))).availableMicros;
  };
  const BILL = 5 * 4 + 3 * 40;

  it('gets leave, says what it got, and hears at once what it is charged', async () => {
    const { message, job, nonce, signed } = await granted();
    expect(message).toMatchObject({ ask: 7, epoch: 1, plan: PLAN, heldMicros: 5 * 4 + 8 * 40 });
    await done(job, nonce, 3);
    const settled = await scene.network.next('ask-settled', client().peer);
    expect(settled.message.chargedMicros).toBe(BILL);
    scene.answerReceipts(job, signed);
    expect(await chargedTo(job)).toBe(BILL);
  });

  it('C1: says that its answer stands still; who has none under way there is not heard', async () => {
    const still: unknown[] = [];
    scene.dispatch({ onStill: (pool, epoch) => void still.push([pool, epoch]) });
    const told = { type: 'stood-still', pool: poolIdOf(MODEL), epoch: 1 } as const;
    scene.dispatcher.stoodStill(client().peer, told);
    const { job, nonce, signed } = await granted();
    scene.dispatcher.stoodStill(scene.network.peer(0), told);
    scene.dispatcher.stoodStill(client().peer, { ...told, epoch: 2 });
    scene.dispatcher.stoodStill(client().peer, { ...told, pool: poolIdOf({ ...MODEL, repo: 'a/b' }) });
    expect(still).toEqual([]);
    scene.dispatcher.stoodStill(client().peer, told);
    expect(still).toEqual([[told.pool, 1]]);
    await done(job, nonce, 3);
    scene.answerReceipts(job, signed);
    await chargedTo(job);
    scene.dispatcher.stoodStill(client().peer, told);
    expect(still).toHaveLength(1);
  });

  it('D2: loses its line to the server for a moment, and is charged as if it had not', async () => {
    const { job, nonce, signed } = await granted();
    scene.dispatcher.peerGone(client().peer);
    expect(scene.dispatcher.load().running).toBe(1);
    scene.dispatcher.peerJoined(client().peer);
    await done(job, nonce, 3);
    scene.answerReceipts(job, signed);
    expect(await chargedTo(job)).toBe(BILL);
  });

  describe('B7: whose server is killed in mid-answer', () => {
    it('signs for it to the next one, and pays as if nothing had happened', async () => {
      const { job, nonce, signed } = await granted();
      await scene.keptGoing(job);
      await scene.restart();
      expect(scene.dispatcher.load().running).toBe(1);
      scene.dispatcher.peerJoined(client().peer);
      await done(job, nonce, 3);
      expect((await scene.network.next('ask-settled', client().peer)).message.chargedMicros).toBe(BILL);
      scene.answerReceipts(job, signed);
      expect(await chargedTo(job)).toBe(BILL);
    });

    it('is back before its stages are: they are asked when they come', async () => {
      const { job, nonce, signed } = await granted();
      await scene.keptGoing(job);
      await scene.restart();
      const stages = [scene.network.peer(0), scene.network.peer(1)];
      for (const peer of stages) scene.network.gone.add(peer);
      await done(job, nonce, 3);
      scene.network.gone.clear();
      for (const peer of stages) scene.dispatcher.peerJoined(peer);
      scene.answerReceipts(job, signed);
      expect(await chargedTo(job)).toBe(BILL);
    });

    it('waits in the queue no more: it asks anew', async () => {
      scene.network.isServing = false;
      await ask();
      await scene.restart();
      expect(scene.dispatcher.load()).toEqual({ running: 0, waiting: 0 });
      expect((await scene.ledger.totals()).openHolds).toBe(0);
    });
  });

  it('D3: goes on with an answer that was cut, and pays only the rest, once', async () => {
    const { job, nonce, signed } = await granted();
    await done(job, nonce, 3);
    scene.answerReceipts(job, signed);
    expect(await chargedTo(job)).toBe(BILL);
    // Three tokens came; five more are asked for, after all of that.
    const goOn = async (number: number) => {
      await ask({ ask: number, promptTokens: 8, maxTokens: 5 });
      const { message } = await scene.network.next('ask-granted', client().peer);
      const { nonce: fresh } = await scene.openGrant(message.grant ?? '', client().peer);
      const from = 0;
      const receipts = await honestReceipts(scene.network, { job: message.job, nonce: fresh, from, to: 9, frames: 9 });
      const delivery = await noteOf(client(), { job: message.job, nonce: fresh, tokens: 2, cachedTokens: 8 });
      const counts = { promptTokens: 8, cachedTokens: 8, completionTokens: 2, stats: STATS };
      await scene.dispatcher.askDone(client().peer, { type: 'ask-done', job: message.job, ...counts, delivery });
      scene.answerReceipts(message.job, receipts);
      return message.job;
    };
    expect(await chargedTo(await goOn(8)), 'two tokens').toBe(BILL + 2 * 40);
    // As if it had come at once: the prompt, and five tokens.
    expect(BILL + 2 * 40).toBe(5 * 4 + 5 * 40);
    // What was paid for is gone on from once: whoever says so again pays for what was not.
    const before = BILL + 2 * 40;
    scene.dispatch();
    expect(await chargedTo(await goOn(9)), 'of a server that knows of nothing paid').toBe(before + 8 * 4 + 2 * 40);
  });

  it('vanishes: who ran its loop shows its last word, and that is what it pays', async () => {
    const { job, nonce, signed } = await granted();
    scene.dispatcher.peerGone(client().peer);
    scene.answerReceipts(job, signed, { delivery: await noteOf(client(), { job, nonce, tokens: 1 }) });
    await scene.dispatcher.close();
    expect(await chargedTo(job)).toBe(BILL - 2 * 40);
  });

  it('vanishes without a word: the stages are paid for what they agree on', async () => {
    const { job, signed } = await granted();
    scene.dispatcher.peerGone(client().peer);
    scene.answerReceipts(job, signed);
    await scene.dispatcher.close();
    expect(await chargedTo(job)).toBe(BILL - 40);
    expect((await scene.ledger.balanceOf(peerOwner(scene.network.peer(0)))).availableMicros).toBe((BILL - 40) / 2);
  });

  it('signs for less than its loop computed, again and again: its loops get less of a lead, and its caches are paid', async () => {
    const leads: unknown[] = [];
    for (let answers = 1; answers < 24 && leads.at(-1) !== 8; answers++) {
      await ask({ ask: 6 + answers, maxTokens: 300 });
      const { job, grant = '' } = (await scene.network.next('ask-granted', client().peer)).message;
      const { nonce, ahead } = await scene.openGrant(grant, client().peer);
      leads.push(ahead);
      const receipts = await honestReceipts(scene.network, { job, nonce, to: 270, frames: 100 });
      await done(job, nonce, 1);
      scene.answerReceipts(job, receipts);
      // In the end as one that signed nothing: for what all seats show, as far as its loop may be ahead.
      expect(await chargedTo(job)).toBe((answers - 1) * (5 * 4 + 40) + 5 * 4 + (ahead === 8 ? 8 : 1) * 40);
    }
    expect([leads[0], leads[1], leads.at(-1)]).toEqual([256, 256, 8]);
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
    for (let index = 0; index < 9; index++) scene.dispatcher.askCancelled(peer, index);
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
      ...{ promptTokens: most, cachedTokens: most, completionTokens: most, stats: STATS },
    };
    await scene.dispatcher.askDone(scene.network.peer(2), done);
    scene.dispatcher.jobEvents(scene.network.peer(3), [delta(message.job, [1])]);
    expect(scene.dispatcher.load().running).toBe(1);
    await scene.dispatcher.askDone(scene.network.peer(3), done);
    await scene.dispatcher.askDone(scene.network.peer(3), { ...done, completionTokens: 0 });
    await scene.settled(message.job, peerOwner(scene.network.peer(3)));
    expect(await scene.dispatcher.find(message.job, peerOwner(scene.network.peer(3)))).toMatchObject({
      state: 'done',
      usage: { promptTokens: 5, cachedTokens: 0, completionTokens: 8 },
    });
  });
});
