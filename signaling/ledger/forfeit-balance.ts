// What an account has left when it is deleted goes back to the issuer: nobody's credits are anybody's, and the books stay balanced.
import { PoolError } from '../../protocol/errors.ts';
import { type Entry, ISSUER } from './net-entries.ts';
import type { OwnerId } from './owner.ts';
import { balanceKey, lockBalances, postLocked } from './post-event.ts';
import type { Transaction } from './run-transaction.ts';

/** Gives the micros that went back. Throws `conflict` while some are held: a job would be settled with nobody. */
export async function forfeitBalance(transaction: Transaction, owner: OwnerId, at: Date): Promise<number> {
  const entry = (of: Entry['owner'], bucket: Entry['bucket'], amount: number): Entry => ({ owner: of, bucket, amount });
  const own = [entry(owner, 'available', 0), entry(owner, 'held', 0)];
  const locked = await lockBalances(transaction, [...own, entry(ISSUER, 'available', 0)]);
  const [available = 0, held = 0] = own.map((each) => locked.get(balanceKey(each)));
  if (held > 0) throw new PoolError('conflict', 'Requests of this account still run: wait until they have ended.');
  if (available === 0) return 0;
  await postLocked(transaction, { key: `forfeit:${owner}`, kind: 'grant', at }, [
    entry(owner, 'available', -available),
    entry(ISSUER, 'available', available),
  ]);
  return available;
}
