// Writes one balanced event: the event, its entries, and what they make of the balances, within the caller's transaction.
// The only place that changes a balance.
import { and, asc, eq, or, sql } from 'drizzle-orm';
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
  // Sorted for the insert too: it waits for others that are making the same rows.
  const rows = [...entries].sort(byLockOrder).map(({ owner, bucket }) => ({ owner, bucket, amount: 0 }));
  await tx.insert(balances).values(rows).onConflictDoNothing();
  const locked = await tx
    .select()
    .from(balances)
    .where(or(...rows.map(isRow)))
    // "C" is the order of code units, which is also that of `netEntries`.
    .orderBy(asc(sql`${balances.owner} collate "C"`), asc(balances.bucket))
    .for('update');
  return new Map(locked.map(({ owner, bucket, amount }) => [balanceKey({ owner, bucket }), amount]));
}

/** `entries` need not be netted. A key that exists fails with a unique violation and takes the transaction with it. */
export async function postEvent(tx: Transaction, event: NewEvent, entries: readonly Entry[]): Promise<void> {
  const netted = netEntries(entries);
  const [written] = await tx.insert(ledgerEvents).values(event).returning({ id: ledgerEvents.id });
  if (netted.length === 0) return;
  await tx.insert(ledgerEntries).values(netted.map((entry) => ({ ...entry, event: written!.id })));
  await lockBalances(tx, netted);
  const deltas = netted.map(({ owner, bucket, amount }) => sql`(${owner}::text, ${bucket}::text, ${amount}::bigint)`);
  // A difference, never a value computed here: what another transaction added meanwhile stays.
  await tx.execute(sql`
    update ${balances} set amount = ${balances.amount} + delta.amount
    from (values ${sql.join(deltas, sql`, `)}) as delta (owner, bucket, amount)
    where ${balances.owner} = delta.owner and ${balances.bucket} = delta.bucket`);
}

export const balanceKey = ({ owner, bucket }: Pick<Entry, 'owner' | 'bucket'>): string => `${owner}/${bucket}`;

const isRow = ({ owner, bucket }: Pick<Entry, 'owner' | 'bucket'>) =>
  and(eq(balances.owner, owner), eq(balances.bucket, bucket));
