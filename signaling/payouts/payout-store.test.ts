import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identityOf, newIdentityKeys } from '../../protocol/identity.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { type Address, checkPayout, type SignedPayout, signPayout } from '../../protocol/payout.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS, type TestDatabase } from '../db/test-databases.ts';
import { createPayoutStore, type PayoutStore } from './payout-store.ts';
import { payouts } from './tables.ts';

const SERVER = '4'.repeat(32) as PeerId;
const addressOf = (digit: string): Address => `0x${digit.repeat(40)}`;
/** Not signed: the store judges nothing. */
const said = (peer: string, digit: string, at: number): SignedPayout => ({
  ...{ peer: peer.repeat(32) as PeerId, server: SERVER, address: addressOf(digit), at },
  ...{ publicKey: 'BA', signature: `${digit}@${at}` },
});
const A = 'a'.repeat(32) as PeerId;

forEachDatabase('payouts', (open) => {
  let database: TestDatabase;
  let store: PayoutStore;
  beforeAll(async () => {
    database = await open();
  }, OPEN_TIMEOUT_MS);
  beforeEach(async () => {
    await database.db.delete(payouts);
    store = await createPayoutStore(database.db);
  });
  const rows = () => database.db.select().from(payouts);

  it('knows nothing of who said nothing', async () => {
    expect([store.known(A), await store.of(A)]).toEqual([undefined, undefined]);
  });

  it('keeps what a peer signed over a restart, so that anybody can check it', async () => {
    const peer: Identity = await identityOf(await newIdentityKeys());
    const signed = await signPayout(peer, { server: SERVER, address: addressOf('1'), at: 1_796_040_000_123 });
    await store.keep(signed);
    const again = await createPayoutStore(database.db);
    for (const each of [store, again])
      expect([each.known(peer.peer), await each.of(peer.peer)]).toEqual([addressOf('1'), addressOf('1')]);
    const [{ at, ...row }] = (await rows()) as [typeof payouts.$inferSelect];
    expect(await checkPayout({ ...row, server: SERVER, at: at.getTime() })).toBe(addressOf('1'));
  });

  describe('a newer statement alone takes an older one’s place', () => {
    it.each([
      ['newer', 6, '2'],
      ['older', 4, '1'],
      ['equally old', 5, '1'],
    ])('one that is %s', async (_what, at, expected) => {
      await store.keep(said('a', '1', 5));
      await store.keep(said('a', '2', at));
      expect([store.known(A), await store.of(A)]).toEqual([addressOf(expected), addressOf(expected)]);
      expect((await createPayoutStore(database.db)).known(A)).toBe(addressOf(expected));
    });

    it('also of one that is not in memory', async () => {
      const small = await createPayoutStore(database.db, 1);
      await small.keep(said('a', '1', 5));
      await small.keep(said('b', '3', 5));
      await small.keep(said('a', '2', 4));
      expect(await small.of(A)).toBe(addressOf('1'));
      await small.keep(said('b', '3', 6));
      await small.keep(said('a', '2', 6));
      expect(await small.of(A)).toBe(addressOf('2'));
    });

    it('also of those that are said at once', async () => {
      await Promise.all([7, 9, 8].map((at) => store.keep(said('a', String(at), at))));
      expect([store.known(A), (await createPayoutStore(database.db)).known(A)]).toEqual([
        addressOf('9'),
        addressOf('9'),
      ]);
    });
  });

  it('writes an address once, however often it is said, and remembers when it was', async () => {
    await store.keep(said('a', '1', 5));
    await store.keep(said('a', '1', 7));
    expect((await rows()).map(({ signature }) => signature)).toEqual(['1@5']);
    await store.keep(said('a', '2', 6));
    expect(store.known(A)).toBe(addressOf('1'));
  });

  it('has in memory who was asked for last, and all others in the database', async () => {
    for (const [at, peer] of ['a', 'b', 'c'].entries()) await store.keep(said(peer, String(at + 1), at + 1));
    const small = await createPayoutStore(database.db, 2);
    const [b, c] = ['b', 'c'].map((digit) => digit.repeat(32)) as [PeerId, PeerId];
    expect([small.known(A), small.known(b), small.known(c)]).toEqual([undefined, addressOf('2'), addressOf('3')]);
    expect(small.known(b)).toBe(addressOf('2'));
    expect(await small.of(A)).toBe(addressOf('1'));
    expect([small.known(A), small.known(b), small.known(c)]).toEqual([addressOf('1'), addressOf('2'), undefined]);
  });
});
