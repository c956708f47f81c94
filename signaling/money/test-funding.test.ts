import { randomBytes } from 'node:crypto';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { fundingCompliance } from './funding-compliance.ts';
import { TestFunding } from './test-funding.ts';

fundingCompliance('the funding that tests make up', async () => {
  const funding = new TestFunding();
  return {
    funding,
    newPayer: async (amountMicros) => {
      const payer = accountOwner(randomBytes(16).toString('hex') as AccountId);
      funding.purses.set(payer, amountMicros);
      return payer;
    },
    spendableOf: async (payer) => funding.purses.get(payer) ?? 0,
    earnedBy: async (peer) => funding.earned.get(peer) ?? 0,
  };
});
