import { beforeAll, expect, test } from 'vitest';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { checkReceipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { createReceiptStore, type ReceiptStore } from './receipt-store.ts';
import { epochOf, sessionNamed, workOf } from './test-settlement.ts';

let fresh = 0;
/** A receipt of a job of its own, signed by a key of its own. */
async function signed(change: { job?: JobId; pool?: string; to?: number } = {}): Promise<SignedReceipt> {
  const identity = await identityOf(await newIdentityKeys());
  const [receipt] = workOf(epochOf(1, [0, 4]), { session: sessionNamed(1), from: 0, to: 9 }).stages;
  fresh += 1;
  const job = fresh.toString(16).padStart(32, '0') as JobId;
  return signReceipt(identity, { ...receipt!, job, peer: identity.peer, computeMs: 12.345678901, ...change });
}

forEachDatabase('the receipt store', (open) => {
  let database: TestDatabase;
  let store: ReceiptStore;
  beforeAll(async () => {
    database = await open();
    store = createReceiptStore(database.db);
  }, OPEN_TIMEOUT_MS);

  test('what comes back is what was signed', async () => {
    const first = await signed();
    const { job } = first.receipt;
    const second = await signed({ job, pool: 'a pool with \u0000, \ud800 and “quotes”' });
    await store.save(job, [first, second]);
    const kept = await store.of(job);
    expect(new Set(kept)).toEqual(new Set([first, second]));
    for (const each of kept) await expect(checkReceipt(each)).resolves.toEqual(each.receipt);
  });

  test('saving again, from wherever, changes nothing', async () => {
    const first = await signed();
    const { job } = first.receipt;
    const later = { ...first, receipt: { ...first.receipt, to: 8 } };
    const again = createReceiptStore((await database.openAgain()).db);
    await store.save(job, [first, first]);
    await Promise.all([store.save(job, [later]), again.save(job, [first])]);
    expect(await store.of(job)).toEqual([first]);
    await store.save(job, []);
  });

  test('receipts of another job are refused', async () => {
    const first = await signed();
    const other = await signed();
    await expect(store.save(first.receipt.job, [first, other])).rejects.toMatchObject({ code: 'bad-request' });
    expect(await store.of(first.receipt.job)).toEqual([]);
  });
});
