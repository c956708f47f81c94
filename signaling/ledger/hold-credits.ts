// Reserves the most that a job may cost before it starts.
import { eq } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Ledger } from './ledger-types.ts';
import { checkAmount, type Entry } from './net-entries.ts';
import { balanceKey, lockBalances, postLocked } from './post-event.ts';
import { runTransaction } from './run-transaction.ts';
import { holds } from './tables.ts';

type Hold = Parameters<Ledger['hold']>[0];

/**
 * Throws `insufficient-credits` with `availableMicros` and `neededMicros`. The same hold again changes nothing; `conflict`
 * if it is over already, or was of another payer or amount.
 */
export async function holdCredits(db: Database, hold: Hold, at: Date): Promise<void> {
  const { job, payer, amountMicros: amount, expiresAt } = hold;
  checkAmount(amount);
  await runTransaction(db, async (tx) => {
    // Waits for another transaction that makes the same one.
    const made = await tx
      .insert(holds)
      .values({ job, payer, amount, expiresAt, state: 'open' })
      .onConflictDoNothing()
      .returning({ job: holds.job });
    if (made.length === 0) {
      const [known] = await tx.select().from(holds).where(eq(holds.job, job));
      if (known?.state === 'open' && known.payer === payer && known.amount === amount) return;
      throw new PoolError('conflict', 'This job has had a hold already.', { data: { state: known?.state } });
    }
    const entries: Entry[] = [
      { owner: payer, bucket: 'available', amount: -amount },
      { owner: payer, bucket: 'held', amount },
    ];
    const locked = await lockBalances(tx, entries);
    const availableMicros = locked.get(balanceKey(entries[0]!)) ?? 0;
    if (availableMicros < amount) {
      throw new PoolError('insufficient-credits', 'The balance does not cover the most that this could cost.', {
        data: { availableMicros, neededMicros: amount },
      });
    }
    await postLocked(tx, { key: `hold:${job}`, kind: 'hold', job, at }, entries);
  });
}
