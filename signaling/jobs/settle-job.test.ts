// What a job comes to when whoever drives it or a stage lies about how far it got: nobody can keep the others from their pay,
// and nothing stays set aside.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newSessionId } from '../../protocol/ids.ts';
import { type Receipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { seatsOf } from './live-job.ts';
import { settleJob } from './settle-job.ts';
import { TestContext } from './test-context.ts';
import { honestReceipts, noteOf, SERVER_ID } from './test-network.ts';
import { PRICE } from './test-scene.ts';
import { countRelayed, takeAcknowledged } from './witness.ts';

const LAYERS = 4;
const HELD = 5 * PRICE.promptMicros + 8 * PRICE.completionMicros;
/** Five positions of the prompt, three tokens of the answer. */
const HONEST = 5 * PRICE.promptMicros + 3 * PRICE.completionMicros;

let test: TestContext;
let job: ReturnType<TestContext['job']>;
let signed: Awaited<ReturnType<typeof honestReceipts>>;

const identity = (index: number) => test.network.identities[index]!;
const stageReceipt = (index: number): SignedReceipt => signed.get(test.network.peer(index))!;
const again = (index: number, { receipt }: SignedReceipt, fields: Partial<Receipt>) =>
  signReceipt(identity(index), { ...receipt, ...fields });

/** The two tabs that serve answer with these receipts. */
async function settle(answers: SignedReceipt[][], context = test.context) {
  const settling = settleJob(context, job, LAYERS);
  for (const [index, receipts] of answers.entries()) {
    const peer = test.network.peer(index);
    const { message } = await test.network.next('receipt-request', peer);
    context.collector.take(peer, job.id, message.epoch, receipts);
  }
  return settling;
}

/** A chat's client says that it received so many tokens; -1: it says nothing. */
async function chat(tokens: number): Promise<void> {
  Object.assign(job, { request: undefined, driver: test.network.peer(3) });
  const { id, nonce } = job;
  if (tokens >= 0) job.note = await noteOf(identity(3), { job: id, nonce, tokens });
}

beforeEach(async () => {
  test = await TestContext.of();
  job = test.job({ promptTokens: 5, heldMicros: HELD });
  job.epochs = [seatsOf(test.network.coalition())];
  // Three tokens of five positions of prompt: the first comes from the prompt's last row.
  countRelayed(job, 0, [1, 2, 3]);
  const { id: about, nonce } = job;
  signed = await honestReceipts(test.network, { job: about, nonce, to: 7, frames: 4 });
  const { id, pool, payer, heldMicros } = job;
  await test.funding.reserve({ job: id, pool, payer, amountMicros: heldMicros, expiresAt: new Date(8e15) });
});

const earnedBy = (index: number): number => test.funding.earned.get(test.network.peer(index)) ?? 0;
const stateOf = (): string | undefined => test.funding.entries.get(job.id)?.state;

it('pays honest stages the same for the same layers, once, and keeps who signed what', async () => {
  const { chargedMicros, settlement } = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
  expect(chargedMicros).toBe(HONEST);
  expect(settlement).toMatchObject({ gaps: [], disputes: [] });
  expect([earnedBy(0), earnedBy(1)]).toEqual([HONEST / 2, HONEST / 2]);
  expect(test.receipts).toEqual([stageReceipt(0), stageReceipt(1)]);
  const twice = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
  expect(twice.chargedMicros).toBe(HONEST);
  expect([earnedBy(0), earnedBy(1)]).toEqual([HONEST / 2, HONEST / 2]);
});

it('gives all of it back for a job that no coalition worked on, and asks nobody', async () => {
  job.epochs = [];
  expect(await settleJob(test.context, job, LAYERS)).toEqual({ chargedMicros: 0, settlement: undefined });
  expect(stateOf()).toBe('released');
  expect(test.network.sent).toEqual([]);
});

it('collects receipts of a job that costs nothing, and pays nobody', async () => {
  Object.assign(job, { heldMicros: 0, price: { promptMicros: 0, completionMicros: 0 } });
  expect((await settle([[stageReceipt(0)], [stageReceipt(1)]])).chargedMicros).toBe(0);
  expect(test.receipts).toHaveLength(2);
  expect(stateOf()).toBe('open');
});

describe('G3: over HTTP the server is the witness', () => {
  it.each([8, 1_000_000_000])('whatever an entry signs (up to %i), it is paid for what was relayed', async (to) => {
    const liar = await again(0, stageReceipt(0), { to, lastFrom: to - 1 });
    const invented = await again(0, stageReceipt(0), { to, lastFrom: to - 1, session: newSessionId() });
    const { chargedMicros } = await settle([[liar, invented], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(HONEST);
    expect([earnedBy(0), earnedBy(1)]).toEqual([HONEST / 2, HONEST / 2]);
  });

  it('tokens of an epoch are due to those who were in it', async () => {
    test.network.ring = [2, 3];
    test.network.epoch = 2;
    job.epochs.push(seatsOf(test.network.coalition()));
    countRelayed(job, 0, [4, 5]);
    const later = await honestReceipts(test.network, { job: job.id, nonce: job.nonce, to: 9, frames: 2 });
    const receiptOf = (index: number) => later.get(test.network.peer(index))!;
    await settle([[stageReceipt(0)], [stageReceipt(1)], [receiptOf(2)], [receiptOf(3)]]);
    expect([0, 1, 2, 3].map(earnedBy)).toEqual([
      HONEST / 2,
      HONEST / 2,
      PRICE.completionMicros,
      PRICE.completionMicros,
    ]);
  });
});

describe('G7: a stage', () => {
  it.each<[string, Partial<Receipt>]>([
    ['to a position far away', { to: 1e6 }],
    ['for an epoch that no column holds', { epoch: 2 ** 40 }],
    ['to the end of all numbers', { to: Number.MAX_SAFE_INTEGER, lastFrom: Number.MAX_SAFE_INTEGER }],
  ])('that signs %s leaves everybody paid and nothing set aside', async (_name, fields) => {
    const liar = await again(0, stageReceipt(0), fields);
    await settle([[liar], [stageReceipt(1)]]);
    expect(earnedBy(1)).toBe(HONEST / 2);
    expect(stateOf()).toBe('settled');
  });

  it('whose chain differs is noted, and takes nobody’s pay', async () => {
    const { logger } = test.context;
    const told: object[] = [];
    const context = { ...test.context, logger: { ...logger, info: (fields: object) => void told.push(fields) } };
    const liar = await again(0, stageReceipt(0), { chainOut: 'f'.repeat(64) });
    const { chargedMicros, settlement } = await settle([[liar], [stageReceipt(1)]], context as typeof test.context);
    expect(chargedMicros).toBe(HONEST);
    expect(settlement?.disputes.map(({ why }) => why)).toEqual(['chain-differs']);
    expect(told).toEqual([{ job: job.id, gaps: 0, disputes: 1 }]);
  });
});

describe('in a chat the client is the witness', () => {
  it('that signs for what it received pays for that, and asks on', async () => {
    await chat(3);
    expect((await settle([[stageReceipt(0)], [stageReceipt(1)]])).chargedMicros).toBe(HONEST);
    expect(test.context.overshoot.isUsedUp(job.payer, job.pool)).toBe(false);
  });

  it.each<[string, Partial<typeof PRICE>, number]>([
    ['what it paid, in tokens that cost as much: a prompt is cheaper', {}, HONEST / PRICE.completionMicros],
    ['where all is free, positions', { promptMicros: 0, completionMicros: 0 }, 5 + 3],
  ])('that pays may leave more unpaid, by %s', async (_what, price, tokens) => {
    await chat(3);
    Object.assign(job, { price: { ...PRICE, ...price } });
    const paid = vi.spyOn(test.context.overshoot, 'paid');
    await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(paid).toHaveBeenCalledWith(job.payer, job.pool, tokens);
  });

  it('D2: that vanished has received what all seats agree on', async () => {
    await chat(-1);
    const { chargedMicros } = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(HONEST - PRICE.completionMicros);
  });

  it('that signs for less pays as it signed; what was computed beyond is counted against what it may leave', async () => {
    await chat(1);
    const take = vi.spyOn(test.context.overshoot, 'take');
    const { chargedMicros, settlement } = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(5 * PRICE.promptMicros + PRICE.completionMicros);
    expect(settlement).toMatchObject({ beyond: 1, disputes: [] });
    expect(take).toHaveBeenCalledWith(job.payer, job.pool, 1);
  });

  it('that vanished has received what it had signed for on the way, if it was its own word', async () => {
    await chat(-1);
    const { id, nonce } = job;
    await takeAcknowledged(SERVER_ID, job, await noteOf(identity(2), { job: id, nonce, tokens: 2 }));
    expect(job.acknowledged, 'another’s word').toBeUndefined();
    await takeAcknowledged(SERVER_ID, job, await noteOf(identity(3), { job: id, nonce, tokens: 1 }));
    const paid = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(paid.chargedMicros).toBe(5 * PRICE.promptMicros + PRICE.completionMicros);
  });

  it('that signs at its end for less than on the way has received the more', async () => {
    await chat(1);
    const { id, nonce } = job;
    await takeAcknowledged(SERVER_ID, job, await noteOf(identity(3), { job: id, nonce, tokens: 3 }));
    expect((await settle([[stageReceipt(0)], [stageReceipt(1)]])).chargedMicros).toBe(HONEST);
  });
});

it('says so when the receipts cannot be kept, and pays nobody for what nobody can check', async () => {
  const save = () => Promise.reject(new Error('the disk is full'));
  const context = { ...test.context, receipts: { ...test.context.receipts, save } };
  await expect(settle([[stageReceipt(0)], [stageReceipt(1)]], context)).rejects.toThrow('the disk is full');
  expect(stateOf()).toBe('open');
});
