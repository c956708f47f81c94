import { expect, test } from 'vitest';
import type { JobId, PoolId } from '../../protocol/ids.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { CLOSED_MARKET } from './closed-market.ts';

test('nothing is set aside or paid for a market whose chain is not there', async () => {
  const job = '1'.repeat(32) as JobId;
  const order = { job, pool: 'a/b@main:q4/market' as PoolId, payer: accountOwner('ann' as AccountId), amountMicros: 1 };
  const refused = { code: 'chain-unreachable' };
  await expect(CLOSED_MARKET.reserve({ ...order, expiresAt: new Date() })).rejects.toMatchObject(refused);
  await expect(CLOSED_MARKET.settle({ job, payments: [] })).rejects.toMatchObject(refused);
  await CLOSED_MARKET.release(job);
});
