// Reserves the most that a job may cost before it starts.
import { eq, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Ledger } from './ledger-types.ts';
import { checkAmount, type Entry } from './net-entries.ts';
import { balanceKey, lockBalances, postLocked } from './post-event.ts';
import { runTransaction, sqlStateOf } from './run-transaction.ts';
import { balances, holds, ledgerEntries, ledgerEvents } from './tables.ts';

type Hold = Parameters<Ledger['hold']>[0];

/**
 * check_violation (PostgreSQL, appendix A), which says that the balance is too small, and what a transaction is tried again for:
 * in turn it is told apart.
 */
const IN_TURN = new Set(['23514', '40001', '40P01']);

/**
 * Throws `insufficient-credits` with `availableMicros` and `neededMicros`. The same hold again changes nothing; `conflict`
 * if it is over already, or was of another payer or amount.
 */
export async function holdCredits(db: Database, hold: Hold, at: Date): Promise<void> {
  const { job, payer, amountMicros: amount, expiresAt } = hold;
  checkAmount(amount);
  if (await holdAtOnce(db, hold, at)) return;
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

/**
 * The same in one statement and so in one way to the database, for whoever has both balances and enough: an answer waits for it.
 * False: nothing was changed, and why is found out in turn. Locks balances in the one order, then makes the hold.
 */
async function holdAtOnce(db: Database, { job, payer, amountMicros, expiresAt }: Hold, at: Date): Promise<boolean> {
  if (amountMicros === 0) return false;
  const amount = sql`${amountMicros}::bigint`;
  const time = (date: Date) => sql`${date.toISOString()}::timestamptz`;
  try {
    const made: unknown = await db.execute(sql`
      with locked as materialized (
        select bucket from ${balances} where owner = ${payer} and bucket in ('available', 'held') order by bucket for update
      ),
      made as (
        insert into ${holds} (job, payer, amount, expires_at, state)
        select ${job}, ${payer}, ${amount}, ${time(expiresAt)}, 'open' where (select count(*) from locked) = 2
        on conflict do nothing
        returning job
      ),
      event as (
        insert into ${ledgerEvents} (key, kind, job, at)
        select 'hold:' || job, 'hold', job, ${time(at)} from made
        returning id
      ),
      delta (bucket, amount) as (values ('available', -${amount}), ('held', ${amount})),
      entry as (
        insert into ${ledgerEntries} (event, owner, bucket, amount)
        select event.id, ${payer}, delta.bucket, delta.amount from event, delta
      ),
      moved as (
        update ${balances} set amount = ${balances.amount} + delta.amount
        from delta, made
        where ${balances.owner} = ${payer} and ${balances.bucket} = delta.bucket
      )
      select job from made`);
    // The drivers of both databases give what a statement returned as `rows`, and drizzle's type of either tells neither.
    return (made as { rows: unknown[] }).rows.length > 0;
  } catch (error) {
    if (!IN_TURN.has(sqlStateOf(error) ?? '')) throw error;
    return false;
  }
}
