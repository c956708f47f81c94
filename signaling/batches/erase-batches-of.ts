// Whatever batches keep of one owner, erased: files with their texts, batches with what they wait for, webhooks with their secret.
// A runner that has one of the requests finds its lease gone and lets it be.
import { eq, inArray } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import { batches, batchItems, files, webhookDeliveries, webhookSecrets } from './tables.ts';

/** Within a transaction. */
export async function eraseBatchesOf(transaction: Database, owner: string): Promise<void> {
  const own = transaction.select({ id: batches.id }).from(batches).where(eq(batches.owner, owner));
  await transaction.delete(batchItems).where(inArray(batchItems.batchId, own));
  await transaction.delete(webhookDeliveries).where(eq(webhookDeliveries.owner, owner));
  await transaction.delete(webhookSecrets).where(eq(webhookSecrets.owner, owner));
  await transaction.delete(batches).where(eq(batches.owner, owner));
  await transaction.delete(files).where(eq(files.owner, owner));
}
