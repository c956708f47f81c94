// Whose money an answer costs where the page around the chat has a sponsor, and who is the payer in all else.
import { beforeEach, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { type AccountId, accountOwner, peerOwner } from '../ledger/owner.ts';
import { TestFunding } from '../money/test-funding.ts';
import { admitJob } from './admit-job.ts';
import { settleJob } from './settle-job.ts';
import type { Sponsoring, SponsorRequest } from './sponsoring.ts';
import { TestContext } from './test-context.ts';
import { codeOf } from './test-scene.ts';

const ANN = accountOwner('ann' as AccountId);
const APP = 'https://app.example';

let asked: SponsorRequest[];
let ended: number[];
beforeEach(() => {
  asked = [];
  ended = [];
});

/** `own`: what the visitor has. */
async function open(sponsored: 'pays' | 'spent' | 'none', { own = 0, sponsor = 1_000 } = {}) {
  const sponsoring: Sponsoring = async (request) => {
    asked.push(request);
    if (sponsored !== 'pays') return sponsored;
    return { payer: ANN, ended: async (micros) => void ended.push(micros) };
  };
  const funding = new TestFunding(own);
  const test = await TestContext.of({ sponsoring, fundingOf: () => funding });
  funding.purses.set(ANN, sponsor);
  const visitor = peerOwner(test.network.peer(3));
  const fields = test.fields({
    ...{ source: 'tab', request: undefined, driver: test.network.peer(3), payer: visitor },
    ...{ place: '203.0.113.7', embeddedIn: APP },
  });
  return { test, funding, visitor, fields };
}

it('the sponsor’s, as far as it was charged; turn, allowance and devices are the visitor’s', async () => {
  const { test, funding, visitor, fields } = await open('pays');
  const job = await admitJob(test.context, { ...fields, own: undefined });
  expect(asked).toEqual([{ pool: job.pool, embeddedIn: APP, address: '203.0.113.7', amountMicros: 340 }]);
  expect([job.payer, job.account, job.own]).toEqual([visitor, visitor, [test.network.peer(3)]]);
  expect(funding.purses.get(ANN)).toBe(1_000 - 340);
  await settleJob(test.context, job, 4);
  expect(funding.purses.get(ANN)).toBe(1_000 - funding.entries.get(job.id)!.chargedMicros);
  expect(ended).toEqual([funding.entries.get(job.id)!.chargedMicros]);
  await settleJob(test.context, job, 4);
  expect(ended).toHaveLength(1);
  await test.close();
});

it('its own, where the budget is spent or the sponsor has nothing', async () => {
  for (const [sponsored, sponsor] of [
    ['spent', 1_000],
    ['pays', 10],
    ['none', 1_000],
  ] as const) {
    const { test, funding, visitor, fields } = await open(sponsored, { own: 500, sponsor });
    await admitJob(test.context, fields);
    expect([funding.purses.get(visitor), funding.purses.get(ANN)]).toEqual([500 - 340, sponsor]);
    await test.close();
  }
  expect(ended, 'what could not be reserved counts for nothing').toEqual([0]);
});

it('nobody’s, where neither has enough, and then it says why', async () => {
  const { test, fields } = await open('spent');
  const refused = admitJob(test.context, fields);
  await expect(refused).rejects.toMatchObject({ code: 'insufficient-credits', data: { sponsor: 'spent' } });
  await expect(refused).rejects.toThrow('used up for today');
  const other = await open('none');
  await expect(admitJob(other.test.context, other.fields)).rejects.not.toThrow('used up for today');
  await Promise.all([test.close(), other.test.close()]);
});

it('the sponsor’s again, where it was refused after all', async () => {
  const { test, funding, fields } = await open('pays');
  const error = new PoolError('cancelled', 'The ask was cancelled.');
  expect(await codeOf(admitJob(test.context, fields, undefined, () => error))).toBe('cancelled');
  expect([funding.purses.get(ANN), ended]).toEqual([1_000, [0]]);
  await test.close();
});

it('is not asked about for a chat of the site’s own, nor for what costs nothing', async () => {
  const { test, fields } = await open('pays', { own: 1_000 });
  await admitJob(test.context, { ...fields, embeddedIn: undefined });
  const free = test.fields({ ...fields, heldMicros: 0 });
  await admitJob(test.context, { ...free, embeddedIn: APP });
  expect(asked).toEqual([]);
  await test.close();
});
