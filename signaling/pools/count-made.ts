// How many pools an address made today: accounts are free, so a share of each alone is none. Of the address only its hash of the
// day is kept, with no word of the account, until the first pool of another day.
import { lt, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { dayOf, hashAddress } from '../ledger/hash-address.ts';
import { poolCounts } from './tables.ts';

/** As many as an account may have. With what a day unserved gives way, one address holds a fifth of the table at most. */
export const MAX_POOLS_PER_ADDRESS_AND_DAY = 20;

/** One more, counted where two at once cannot both be the last. Throws `pools-full`. */
export async function countMade(transaction: Database, address: string, at: Date): Promise<void> {
  const day = dayOf(at);
  await transaction.delete(poolCounts).where(lt(poolCounts.day, day));
  const [counted] = await transaction
    .insert(poolCounts)
    .values({ addressDay: hashAddress(address, day, 'pool'), day, pools: 1 })
    .onConflictDoUpdate({ target: poolCounts.addressDay, set: { pools: sql`${poolCounts.pools} + 1` } })
    .returning({ pools: poolCounts.pools });
  if (counted!.pools > MAX_POOLS_PER_ADDRESS_AND_DAY) {
    throw new PoolError(
      'pools-full',
      `Your address has made ${MAX_POOLS_PER_ADDRESS_AND_DAY} pools today, as many as may be.`,
    );
  }
}
