// Writes one balanced event: the event, its entries, and what they make of the balances, within the caller's transaction.
// The only place that changes a balance.
import { sql } from 'drizzle-orm';
import type { JobId } from '../../protocol/ids.ts';
import { byLockOrder, type Entry, netEntries } from './net-entries.ts';
import type { Transaction } from './run-transaction.ts';
import { balances, ledgerEntries, ledgerEvents } from './tables.ts';

export interface NewEvent {
  key: string;
  kind: (typeof ledgerEvents.$inferInsert)['kind'];
  job?: JobId;
  at: Date;
}

/**
 * Locks the balances of these entries in the one order and gives what they are now, by `owner/bucket`. Rows that do not
 * exist yet are made, so that there is something to lock.
 */
export async function lockBalances(tx: Transaction, entries: readonly Entry[]): Promise<Map<string, number>> {
  // One statement takes the rows of its list in turn, and waits for others that make or change the same ones.
  const rows = [...entries].sort(byLockOrder).map(({ owner, bucket }) => ({ owner, bucket, amount: 0 }));
  const locked = await tx
    .insert(balances)
    .values(rows)
    .onConflictDoUpdate({ target: [balances.owner, balances.bucket], set: { amount: sql`${balances.amount}` } })
    .returning();
  return new Map(locked.map(({ owner, bucket, amount }) => [balanceKey({ owner, bucket }), amount]));
}

/** `entries` need not be netted. A key that exists fails with a unique violation and takes the transaction with it. */
export async function postEvent(tx: Transaction, event: NewEvent, entries: readonly Entry[]): Promise<void> {
  const netted = netEntries(entries);
  if (netted.length > 0) await lockBalances(tx, netted);
  await postLocked(tx, event, netted);
}

/** The same with balances that the transaction has locked already. */
export async function postLocked(tx: Transaction, event: NewEvent, entries: readonly Entry[]): Promise<void> {
  const netted = netEntries(entries);
  if (netted.length === 0) {
    await tx.insert(ledgerEvents).values(event);
    return;
  }
  const deltas = netted.map(({ owner, bucket, amount }) => sql`(${owner}::text, ${bucket}::text, ${amount}::bigint)`);
  const { key, kind, job = null, at } = event;
  // Everything in one statement, which is one way to the database. A difference, never a value computed here: what another
  // transaction added meanwhile stays.
  await tx.execute(sql`
    with delta (owner, bucket, amount) as (values ${sql.join(deltas, sql`, `)}),
    event as (
      insert into ${ledgerEvents} (key, kind, job, at)
      values (${key}, ${kind}, ${job}, ${at.toISOString()}::timestamptz)
      returning id
    ),
    entry as (
      insert into ${ledgerEntries} (event, owner, bucket, amount)
      select event.id, delta.owner, delta.bucket, delta.amount from event, delta
    )
    update ${balances} set amount = ${balances.amount} + delta.amount
    from delta
    where ${balances.owner} = delta.owner and ${balances.bucket} = delta.bucket`);
}

export const balanceKey = ({ owner, bucket }: Pick<Entry, 'owner' | 'bucket'>): string => `${owner}/${bucket}`;
