import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { JobId, PeerId, PoolId } from '../../protocol/ids.ts';
import { forEachDatabase } from '../db/test-databases.ts';
import { createLedger } from '../ledger/create-ledger.ts';
import { type AccountId, accountOwner, peerOwner } from '../ledger/owner.ts';
import { SOON } from '../ledger/test-ledger.ts';
import { createCreditsFunding } from './credits-funding.ts';
import { fundingCompliance } from './funding-compliance.ts';

const hex = (): string => randomBytes(16).toString('hex');

forEachDatabase('credits', (open) => {
  fundingCompliance('as a funding', async () => {
    const { db } = await open();
    const ledger = createLedger(db, { welcomeMicros: 0, welcomesPerAddressPerDay: 0 });
    return {
      funding: createCreditsFunding({ ledger, ownerOf: async () => undefined }),
      newPayer: async (amountMicros) => {
        const payer = accountOwner(hex() as AccountId);
        await createLedger(db, { welcomeMicros: amountMicros, welcomesPerAddressPerDay: 10_000 }).welcome(
          payer,
          'test',
        );
        return payer;
      },
      spendableOf: async (payer) => (await ledger.balanceOf(payer)).availableMicros,
      earnedBy: async (peer) => (await ledger.balanceOf(peerOwner(peer))).availableMicros,
    };
  });

  test('peers of one account earn for it, together', async () => {
    const { db } = await open();
    const ledger = createLedger(db, { welcomeMicros: 1_000, welcomesPerAddressPerDay: 10 });
    const ann = hex() as AccountId;
    const payer = accountOwner(hex() as AccountId);
    const [mine, also, free] = [hex(), hex(), hex()] as PeerId[];
    const funding = createCreditsFunding({ ledger, ownerOf: async (peer) => (peer === free ? undefined : ann) });
    await ledger.welcome(payer, 'test');
    const job = hex() as JobId;
    await funding.reserve({ job, pool: 'a/b@main:q4' as PoolId, payer, amountMicros: 900, expiresAt: SOON });
    const payments = [mine!, also!, free!].map((peer, index) => ({ peer, amountMicros: 100 * (index + 1) }));
    expect(await funding.settle({ job, payments })).toEqual({ chargedMicros: 600 });
    expect((await ledger.balanceOf(accountOwner(ann))).availableMicros).toBe(300);
    expect((await ledger.balanceOf(peerOwner(free!))).availableMicros).toBe(300);
    expect((await ledger.balanceOf(payer)).availableMicros).toBe(400);
  });
});
