// Every way that a job over HTTP can go, and that nothing stays held after any of them.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { poolIdOf } from '../../protocol/ids.ts';
import { type AccountId, accountOwner, peerOwner } from '../ledger/owner.ts';
import { MODEL } from './test-network.ts';
import {
  allOf,
  codeOf,
  delta,
  endOf,
  GRANTED,
  JobScene,
  PLAN,
  PRICE,
  PROMPT_IDS,
  REQUEST,
  STATS,
} from './test-scene.ts';

const scene = JobScene.set();

describe('a job over HTTP', () => {
  it('is started at the entry with a grant, streams, and is paid to the stages by their receipts', async () => {
    const { job, updates } = await scene.runJob();
    expect(updates.map(({ type }) => type)).toEqual(['routed', 'started', 'delta', 'delta', 'finished', 'done']);
    const done = endOf(updates);
    expect(done.usage).toEqual({ promptTokens: 5, cachedTokens: 0, completionTokens: 3 });
    expect(done.receiptId).toBe(job.id);
    expect(done.chargedMicros).toBeGreaterThan(0);
    const [entry, exit] = [scene.network.peer(0), scene.network.peer(1)];
    const earned = await Promise.all([entry, exit].map((peer) => scene.ledger.balanceOf(peerOwner(peer))));
    expect(earned[0]!.availableMicros + earned[1]!.availableMicros).toBe(done.chargedMicros);
    // Two layers each, the same positions.
    expect(earned[0]!.availableMicros).toBe(earned[1]!.availableMicros);
    expect((await scene.ledger.balanceOf(scene.payer)).availableMicros).toBe(GRANTED - done.chargedMicros);
    expect(await scene.dispatcher.find(job.id, scene.payer)).toMatchObject({
      state: 'done',
      plan: PLAN,
      outcome: STATS,
    });
    expect(await scene.dispatcher.find(job.id, accountOwner('somebody-else' as AccountId))).toBeUndefined();
  });

  it('pays nobody for a stage that shows no receipt, and the payer keeps that part', async () => {
    const whole = await scene.runJob();
    const part = await scene.runJob(scene.network.peer(1));
    const chargedFor = async ({ job }: typeof whole) =>
      (await scene.dispatcher.find(job.id, scene.payer))?.chargedMicros ?? Number.NaN;
    expect(await chargedFor(part)).toBe((await chargedFor(whole)) / 2);
    expect(endOf(part.updates).chargedMicros, 'the bill is known before anybody shows anything').toBe(
      await chargedFor(whole),
    );
  });

  it('G15: ends when it ends: stages that say nothing delay who is paid, and no answer', async () => {
    scene.dispatch({ receiptTimeoutMs: 2_000 });
    const job = await scene.submit();
    const updates = allOf(job.updates);
    const { driver } = await scene.started();
    scene.dispatcher.jobEvents(driver.peer, [
      { type: 'started', job: job.id, promptTokens: 5 },
      delta(job.id, [11], 'a'),
      { type: 'finished', job: job.id, choice: 0, reason: 'stop' },
      { type: 'done', job: job.id, cachedTokens: 0, stats: STATS },
    ]);
    const bill = 5 * PRICE.promptMicros + PRICE.completionMicros;
    expect(endOf(await updates).chargedMicros).toBe(bill);
    expect((await scene.dispatcher.find(job.id, scene.payer))?.state).not.toBe('done');
    await scene.settled(job.id);
    expect((await scene.ledger.balanceOf(scene.payer)).availableMicros, 'nobody showed any work').toBe(GRANTED);
  });

  it('G14: a prompt is counted at the turn of the address and the account that it comes from', async () => {
    const promptIds = vi.fn(async () => PROMPT_IDS);
    const prompt = { kind: 'text', text: 'hello' } as const;
    scene.dispatch({ promptIds });
    const { payer } = scene;
    await scene.submit({ prompt });
    const order = { payer, pool: poolIdOf(MODEL), request: { ...REQUEST, prompt } };
    await scene.dispatcher.quote({ ...order, address: '10.0.0.2' });
    expect(promptIds.mock.calls).toEqual([
      [MODEL, prompt, { address: '10.0.0.1', owner: payer }],
      [MODEL, prompt, { address: '10.0.0.2', owner: payer }],
    ]);
  });

  it('G4: of one address half of the queue waits, however many accounts it has', async () => {
    scene.dispatch({ limits: { maxWaiting: 4, maxWaitingPerAccount: 1 } });
    scene.network.isServing = false;
    const accounts = ['a', 'b', 'c', 'd'].map((id) => accountOwner(id.repeat(32) as AccountId));
    for (const payer of accounts) await scene.ledger.welcome(payer, payer);
    const places = ['10.0.0.9', '10.0.0.9', '10.0.0.9', '10.0.0.1'];
    const outcomes: string[] = [];
    for (const [at, payer] of accounts.entries()) {
      outcomes.push(await codeOf(scene.dispatcher.submit({ ...scene.order(), payer, address: places[at] })));
    }
    expect(outcomes).toEqual(['none', 'none', 'rate-limited', 'none']);
  });

  it('D3: who names no seed gets the answer again that was cut, and who names one has that', async () => {
    const seedOf = async (seed: number, isSeeded: boolean): Promise<number> => {
      const order = scene.order({ seed });
      const job = await scene.dispatcher.submit({ ...order, isSeeded, isStreamed: true });
      const updates = codeOf(allOf(job.updates));
      const { driver, request } = await scene.started();
      expect(request.seed).toBe(job.seed);
      scene.dispatcher.jobEvents(driver.peer, [
        delta(job.id, [1], 'a'),
        { type: 'failed', job: job.id, error: { code: 'out-of-memory', message: '' } },
      ]);
      await updates;
      scene.answerReceipts(job.id, new Map());
      await scene.settled(job.id);
      return job.seed;
    };
    expect([await seedOf(1, false), await seedOf(2, false), await seedOf(3, true)]).toEqual([1, 1, 3]);
  });

  it('G2: a quote refuses what the job would be refused for, and a quote that is shown holds no longer for it', async () => {
    const order = scene.order();
    const { maxMicros, quote, expiresAt, price } = await scene.dispatcher.quote(order);
    const tooLittle = { data: { code: 'max_credits_exceeded' } };
    await expect(scene.dispatcher.quote({ ...order, maxMicros: maxMicros - 1 })).rejects.toMatchObject(tooLittle);
    await expect(scene.dispatcher.quote({ ...order, quote: 'x.y' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await scene.dispatcher.quote({ ...order, maxMicros, quote })).toMatchObject({ quote, expiresAt, price });
  });

  it('tells a driver no more than the hold pays for', async () => {
    const job = await scene.submit({ choices: 2 });
    const { grant } = await scene.started();
    expect(grant).toMatchObject({ job: job.id, sessions: 2, maxPosition: 13, driver: scene.network.peer(0) });
    expect((await scene.ledger.balanceOf(scene.payer)).heldMicros).toBe(
      2 * (5 * PRICE.promptMicros + 8 * PRICE.completionMicros),
    );
  });

  it('goes on at the next entry when its driver disappears; what was told is not told again', async () => {
    const job = await scene.submit();
    const updates = allOf(job.updates);
    const first = await scene.started();
    scene.dispatcher.jobEvents(first.driver.peer, [
      { type: 'started', job: job.id, promptTokens: 5 },
      delta(job.id, [11], 'a'),
    ]);
    scene.network.ring = [2, 3];
    scene.network.epoch = 2;
    scene.network.gone.add(first.driver.peer);
    scene.dispatcher.peerGone(first.driver.peer);
    const second = await scene.started();
    expect(second.driver.peer).toBe(scene.network.peer(2));
    expect(second.request.resume).toEqual([[11]]);
    scene.dispatcher.jobEvents(first.driver.peer, [delta(job.id, [99], 'late')]);
    scene.dispatcher.jobEvents(second.driver.peer, [
      { type: 'started', job: job.id, promptTokens: 5 },
      delta(job.id, [12], 'b'),
      { type: 'finished', job: job.id, choice: 0, reason: 'stop' },
      { type: 'done', job: job.id, cachedTokens: 0, stats: STATS },
    ]);
    const told = await updates;
    expect(told.filter(({ type }) => type === 'delta').map((update) => (update as { text: string }).text)).toEqual([
      'a',
      'b',
    ]);
    expect(told.filter(({ type }) => type === 'started')).toHaveLength(1);
  });

  it('is tried again when its driver says that a stage disappeared, and reported at once when one failed', async () => {
    const job = await scene.submit();
    const updates = allOf(job.updates);
    const fail = async (code: string) => {
      const { driver } = await scene.started();
      const error = { code, message: 'So it is.' };
      scene.dispatcher.jobEvents(driver.peer, [{ type: 'failed', job: job.id, error }]);
    };
    await fail('stage-left');
    await fail('stage-failed');
    expect(await codeOf(updates)).toBe('stage-failed');
    await scene.settled(job.id);
    expect(await scene.dispatcher.find(job.id, scene.payer)).toMatchObject({
      state: 'failed',
      error: { code: 'stage-failed' },
    });
  });

  it('gives up after some drivers', async () => {
    const job = await scene.submit();
    const updates = codeOf(allOf(job.updates));
    for (let attempt = 0; attempt < 5; attempt++) {
      const { driver } = await scene.started();
      const error = { code: 'link-failed', message: 'No way.' };
      scene.dispatcher.jobEvents(driver.peer, [{ type: 'failed', job: job.id, error }]);
    }
    expect(await updates).toBe('link-failed');
  });

  it('is refused when it costs more than there is', async () => {
    expect(await codeOf(scene.submit({ maxTokens: 100_000, choices: 8 }))).toBe('none');
    scene.network.manifest.maxContext = 100_000;
    expect(await codeOf(scene.submit({ maxTokens: 100_000, choices: 8 }))).toBe('insufficient-credits');
  });

  it('is refused where nobody is, and while the server ends', async () => {
    scene.network.ring = [];
    expect(await codeOf(scene.submit())).toBe('no-stages');
    scene.network.ring = [0];
    await scene.dispatcher.close();
    expect(await codeOf(scene.submit())).toBe('shutting-down');
  });

  it('ends when a driver says more than it was asked for; words of others are not heard', async () => {
    const job = await scene.submit();
    const updates = codeOf(allOf(job.updates));
    const { driver } = await scene.started();
    scene.dispatcher.jobEvents(scene.network.peer(1), [delta(job.id, [1, 2, 3])]);
    scene.dispatcher.jobEvents(driver.peer, [delta(job.id, [1, 2, 3, 4, 5, 6, 7, 8, 9])]);
    expect(await updates).toBe('stage-failed');
  });

  it.each(['in the queue', 'at its driver'])('is cancelled %s', async (where) => {
    if (where === 'in the queue') scene.network.isServing = false;
    const abort = new AbortController();
    const job = await scene.submit({}, abort.signal);
    const updates = codeOf(allOf(job.updates));
    if (where === 'at its driver') {
      const { driver } = await scene.started();
      abort.abort();
      const { message } = await scene.network.next('job-cancel', driver.peer);
      scene.dispatcher.jobEvents(driver.peer, [{ type: 'done', job: message.job, cachedTokens: 0, stats: STATS }]);
    } else abort.abort();
    expect(await updates).toBe('cancelled');
  });
});

it('lets go what waits when nobody has been there for a while', async () => {
  scene.dispatch({ desertedMs: 50 });
  const job = await scene.submit();
  const updates = codeOf(allOf(job.updates));
  const { driver } = await scene.started();
  scene.network.ring = [];
  scene.network.isServing = false;
  scene.network.gone.add(driver.peer);
  scene.dispatcher.peerGone(driver.peer);
  expect(await updates).toBe('no-stages');
});

describe('the queue', () => {
  beforeEach(() => {
    // Room for one session beside the weights.
    scene.network.memoryBytes = 0;
  });

  it('tells a place, and starts the next one when there is room', async () => {
    const first = await scene.submit();
    const second = await scene.submit();
    const updates = allOf(second.updates);
    const one = await scene.started();
    await new Promise((resolve) => setTimeout(resolve, 150));
    scene.dispatcher.jobEvents(one.driver.peer, [
      { type: 'finished', job: first.id, choice: 0, reason: 'stop' },
      { type: 'done', job: first.id, cachedTokens: 0, stats: STATS },
    ]);
    const two = await scene.started();
    expect(two.job).toBe(second.id);
    scene.dispatcher.jobEvents(two.driver.peer, [
      { type: 'finished', job: second.id, choice: 0, reason: 'stop' },
      { type: 'done', job: second.id, cachedTokens: 0, stats: STATS },
    ]);
    expect((await updates)[0]).toMatchObject({ type: 'queued', place: 1, waiting: 1 });
  });

  it('is bounded, per account and over all', async () => {
    for (let count = 0; count < 4; count++) await scene.submit();
    expect(await codeOf(scene.submit())).toBe('rate-limited');
  });
});
