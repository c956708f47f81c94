// Holds an account's row for the length of a transaction, so that whatever counts per account counts right.

import { eq } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { AccountId } from '../ledger/owner.ts';
import { accounts } from './tables.ts';

/** `transaction`: the lock ends with it. Throws `not-found`. */
export async function lockAccount(transaction: Database, account: AccountId): Promise<void> {
  const rows = await transaction
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.id, account))
    .for('update');
  if (rows.length === 0) throw new PoolError('not-found', 'There is no such account.');
}
