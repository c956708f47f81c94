// Cancels what keys have started that are no longer good: a batch runs for a day, and whoever had the key may have made it.
import { and, eq, inArray } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { cancelBatch } from './batch-store.ts';
import { batches } from './tables.ts';

/** Cancels those that run. `keys`: their ids. What they have run until then stays, with its results. */
export async function cancelBatchesOf(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const running = await db
    .select({ id: batches.id, owner: batches.owner })
    .from(batches)
    .where(and(inArray(batches.key, [...keys]), eq(batches.status, 'in_progress')));
  for (const { id, owner } of running) {
    // One that ends at this moment has nothing left to cancel.
    await cancelBatch(db, owner, id).catch((thrown) => {
      if (PoolError.from(thrown).code !== 'conflict') throw thrown;
    });
  }
}
