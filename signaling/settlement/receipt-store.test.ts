import { beforeAll, expect, test } from 'vitest';
import { checkDelivery, signDelivery } from '../../protocol/delivery.ts';
import { identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { JobId } from '../../protocol/ids.ts';
import { checkReceipt, type SignedReceipt, signReceipt } from '../../protocol/receipt.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { createReceiptStore, type ReceiptStore } from './receipt-store.ts';
import { epochOf, NONCE, sessionNamed, workOf } from './test-settlement.ts';

let fresh = 0;
/** A receipt of a job of its own, signed by a key of its own. */
async function signed(change: { job?: JobId; pool?: string; to?: number } = {}): Promise<SignedReceipt> {
  const identity = await identityOf(await newIdentityKeys());
  const [receipt] = workOf(epochOf(1, [0, 4]), { session: sessionNamed(1), from: 0, to: 9 });
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
    const identity = await identityOf(await newIdentityKeys());
    const about = {
      server: identity.peer,
      job,
      nonce: NONCE,
      pool: 'a pool with \u0000',
      peer: identity.peer,
      promptTokens: 5,
      cachedTokens: 0,
    };
    const note = await signDelivery(identity, { ...about, delivered: [{ epoch: 1, tokens: 3 }] });
    await store.save(job, { stages: [first, second], note });
    const kept = await store.of(job);
    expect(new Set(kept.stages)).toEqual(new Set([first, second]));
    for (const each of kept.stages) await expect(checkReceipt(each)).resolves.toEqual(each.receipt);
    await expect(checkDelivery(kept.note!)).resolves.toEqual(note.note);
  });

  test('saving again, from wherever, changes nothing', async () => {
    const first = await signed();
    const { job } = first.receipt;
    const later = { ...first, receipt: { ...first.receipt, to: 8 } };
    const again = createReceiptStore((await database.openAgain()).db);
    await store.save(job, { stages: [first, first] });
    await Promise.all([store.save(job, { stages: [later] }), again.save(job, { stages: [first] })]);
    expect(await store.of(job)).toEqual({ stages: [first] });
    await store.save(job, { stages: [] });
  });

  test('receipts of another job are refused', async () => {
    const first = await signed();
    const other = await signed();
    await expect(store.save(first.receipt.job, { stages: [first, other] })).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(await store.of(first.receipt.job)).toEqual({ stages: [] });
  });
});
