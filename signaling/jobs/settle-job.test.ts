// What a job comes to when its driver or a stage lies about how far it got: nobody can keep the others from their pay, and
// nothing stays set aside.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Receipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { seatsOf } from './live-job.ts';
import { settleJob } from './settle-job.ts';
import { TestContext } from './test-context.ts';
import { honestReceipts } from './test-network.ts';
import { PRICE } from './test-scene.ts';

const LAYERS = 4;
const HELD = 5 * PRICE.promptMicros + 8 * PRICE.completionMicros;
/** Eight positions: five of the prompt, three of the answer. */
const HONEST = 5 * PRICE.promptMicros + 3 * PRICE.completionMicros;

let test: TestContext;
let job: ReturnType<TestContext['job']>;
let signed: Awaited<ReturnType<typeof honestReceipts>>;

const identity = (index: number) => test.network.identities[index]!;
const stageReceipt = (index: number): SignedReceipt => signed.stages.get(test.network.peer(index))!;
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

beforeEach(async () => {
  test = await TestContext.of();
  job = test.job({ promptTokens: 5, heldMicros: HELD });
  job.epochs = [seatsOf(test.network.coalition())];
  job.drivers.add(test.network.peer(3));
  const { id: about, nonce } = job;
  signed = await honestReceipts(test.network, { job: about, nonce, to: 8, frames: 4, driver: identity(3) });
  job.driverReceipts = [signed.driver];
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
  expect(test.receipts).toEqual([signed.driver, stageReceipt(0), stageReceipt(1)]);
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
  expect(test.receipts).toHaveLength(3);
  expect(stateOf()).toBe('open');
});

describe('a driver', () => {
  it.each<[string, Partial<Receipt>]>([
    ['for an epoch that nobody used', { epoch: 7 }],
    ['for an epoch that no column holds', { epoch: 2 ** 40 }],
    ['beyond its grant', { to: 1_000_000_000 }],
    ['for another job', { job: 'f'.repeat(32) as Receipt['job'] }],
    ['as a stage', { role: 'stage', start: 0, end: 2 }],
  ])('that signs once more %s changes nothing', async (_name, fields) => {
    job.driverReceipts.push(await again(3, signed.driver, fields));
    const { chargedMicros } = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(HONEST);
    expect(test.receipts).toHaveLength(3);
  });

  it('whose word was signed by another is not heard: the stages are paid for what they agree on', async () => {
    const { receipt } = signed.driver;
    job.driverReceipts = [await signReceipt(identity(2), { ...receipt, frames: 1, to: 1 })];
    const settling = settle([[stageReceipt(0)], [stageReceipt(1)]]);
    // Without the driver's word, stages are asked twice.
    const second = (async () => {
      for (const index of [0, 1]) {
        const peer = test.network.peer(index);
        await test.network.next('receipt-request', peer);
        test.context.collector.take(peer, job.id, 1, [stageReceipt(index)]);
      }
    })();
    expect((await settling).chargedMicros).toBe(HONEST);
    await second;
  });

  it('that drove nothing of this job cannot countersign it', async () => {
    const stranger = await signReceipt(identity(2), { ...signed.driver.receipt, peer: test.network.peer(2), to: 1 });
    job.driverReceipts.push(stranger);
    expect((await settle([[stageReceipt(0)], [stageReceipt(1)]])).chargedMicros).toBe(HONEST);
    expect(test.receipts).not.toContain(stranger);
  });

  it('has its last word for a session, and not its first', async () => {
    job.driverReceipts.unshift(await again(3, signed.driver, { frames: 1, to: 1 }));
    expect((await settle([[stageReceipt(0)], [stageReceipt(1)]])).chargedMicros).toBe(HONEST);
  });

  it('that says its prompt was shorter does not make it cost more than is set aside', async () => {
    job.usage.promptTokens = 0;
    signed = await honestReceipts(test.network, {
      ...{ job: job.id, nonce: job.nonce, to: job.maxPosition, frames: 4, driver: identity(3) },
    });
    job.driverReceipts = [signed.driver];
    const { chargedMicros } = await settle([[stageReceipt(0)], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(HELD);
    expect(stateOf()).toBe('settled');
  });
});

describe('a stage', () => {
  it('that signs beyond the grant is paid nothing, and makes the work of others no cheaper', async () => {
    const liar = await again(0, stageReceipt(0), { to: 1_000_000_000 });
    const { chargedMicros, settlement } = await settle([[liar], [stageReceipt(1)]]);
    expect(chargedMicros).toBe(HONEST / 2);
    expect([earnedBy(0), earnedBy(1)]).toEqual([0, HONEST / 2]);
    expect(settlement?.gaps).toMatchObject([{ start: 0, end: 2, why: 'no-receipt' }]);
  });

  it('that conspires with the driver cannot keep the others’ pay set aside', async () => {
    job.driverReceipts = [await again(3, signed.driver, { to: 1_000_000_000 })];
    const liar = await again(0, stageReceipt(0), { to: 1_000_000_000 });
    const settling = settle([[liar], [stageReceipt(1)]]);
    const second = (async () => {
      for (const [index, receipts] of [[liar], [stageReceipt(1)]].entries()) {
        const peer = test.network.peer(index);
        await test.network.next('receipt-request', peer);
        test.context.collector.take(peer, job.id, 1, receipts);
      }
    })();
    await expect(settling).resolves.toMatchObject({ chargedMicros: 0 });
    await second;
    expect(stateOf()).toBe('settled');
  });

  it('is told apart from the honest one where their chains differ, and both ends of that edge go unpaid', async () => {
    const { logger } = test.context;
    const told: object[] = [];
    const context = { ...test.context, logger: { ...logger, info: (fields: object) => void told.push(fields) } };
    const liar = await again(0, stageReceipt(0), { chainOut: 'f'.repeat(64) });
    const { chargedMicros, settlement } = await settle([[liar], [stageReceipt(1)]], context as typeof test.context);
    expect(chargedMicros).toBe(0);
    expect(settlement?.disputes.map(({ why }) => why)).toEqual(['chain-differs']);
    expect(told).toEqual([{ job: job.id, gaps: 2, disputes: 1 }]);
  });
});

it('says so when the receipts cannot be kept, and pays nobody for what nobody can check', async () => {
  const save = () => Promise.reject(new Error('the disk is full'));
  const context = { ...test.context, receipts: { ...test.context.receipts, save } };
  await expect(settle([[stageReceipt(0)], [stageReceipt(1)]], context)).rejects.toThrow('the disk is full');
  expect(stateOf()).toBe('open');
});
