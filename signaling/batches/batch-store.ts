// Batches in the database: made, read, listed, cancelled. The queue of their requests is item-queue.ts; how one comes to its
// end is end-batch.ts.
import { and, count, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Confirm } from '../http/api-types.ts';
import { type BatchLimits, type BatchRow, WINDOW_MS } from './batch-types.ts';
import { newId } from './new-id.ts';
import type { BatchLine, LineError } from './read-batch-file.ts';
import { batches, batchItems } from './tables.ts';
import { queueWebhook } from './webhook-queue.ts';

/** Rows of one INSERT: four parameters each, of which PostgreSQL takes 65,535. */
const INSERT_ROWS = 1000;

export interface NewBatch {
  owner: string;
  endpoint: BatchRow['endpoint'];
  inputFileId: string;
  /** Id of the API key that made it, if one did. */
  key?: string | undefined;
  metadata: Record<string, string> | null;
  webhook: string | null;
  model: string | null;
  lines: readonly BatchLine[];
  errors: LineError[];
}

/**
 * With errors it is `failed` from the start. Throws `rate-limited` at the most open batches of an owner, and `not-logged-in`
 * where `confirm` does.
 */
export async function addBatch(
  db: Database,
  batch: NewBatch,
  limits: Pick<BatchLimits, 'openBatches'>,
  confirm?: Confirm,
): Promise<BatchRow> {
  const { lines, errors, ...row } = batch;
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`batches:${batch.owner}`}))`);
    await confirm?.(tx);
    const [open] = await tx
      .select({ count: count() })
      .from(batches)
      .where(and(eq(batches.owner, batch.owner), inArray(batches.status, ['in_progress', 'cancelling'])));
    if ((open?.count ?? 0) >= limits.openBatches) {
      throw new PoolError('rate-limited', `You may have ${limits.openBatches} batches at once.`, {
        data: { retryAfterSeconds: 60 },
      });
    }
    const now = new Date();
    const isFailed = errors.length > 0;
    const [made] = await tx
      .insert(batches)
      .values({
        ...row,
        id: newId('batch_'),
        status: isFailed ? 'failed' : 'in_progress',
        errors: isFailed ? errors : null,
        total: lines.length,
        createdAt: now,
        expiresAt: new Date(now.getTime() + WINDOW_MS),
        endedAt: isFailed ? now : null,
      })
      .returning();
    if (!made) throw new PoolError('internal', 'The batch was not written.');
    if (isFailed) await queueWebhook(tx, made, now);
    for (let at = 0; at < lines.length; at += INSERT_ROWS) {
      const items = lines.slice(at, at + INSERT_ROWS);
      await tx
        .insert(batchItems)
        .values(items.map((item) => ({ ...item, batchId: made.id, state: 'waiting' as const, notBefore: now })));
    }
    return made;
  });
}

/** Throws `not-found`, for another owner's batch too. */
export async function findBatch(db: Database, owner: string, id: string): Promise<BatchRow> {
  const [row] = await db
    .select()
    .from(batches)
    .where(and(eq(batches.owner, owner), eq(batches.id, id)));
  if (!row) throw new PoolError('not-found', 'You have no batch with this id.', { data: { param: 'batch_id' } });
  return row;
}

/** Newest first; one more than `limit` when there are more. */
export async function listBatches(
  db: Database,
  owner: string,
  page: { limit: number; after?: string | undefined },
): Promise<BatchRow[]> {
  const after = page.after ? await findBatch(db, owner, page.after) : undefined;
  const past = after
    ? or(lt(batches.createdAt, after.createdAt), and(eq(batches.createdAt, after.createdAt), lt(batches.id, after.id)))
    : undefined;
  return db
    .select()
    .from(batches)
    .where(and(eq(batches.owner, owner), past))
    .orderBy(desc(batches.createdAt), desc(batches.id))
    .limit(page.limit + 1);
}

/** What waits is dropped; what runs is stopped by its runner. Throws `conflict` for a batch that has ended. */
export async function cancelBatch(db: Database, owner: string, id: string): Promise<BatchRow> {
  await findBatch(db, owner, id);
  return db.transaction(async (tx) => {
    const [batch] = await tx
      .update(batches)
      .set({ status: 'cancelling', cancellingAt: new Date() })
      .where(and(eq(batches.id, id), eq(batches.status, 'in_progress')))
      .returning();
    if (!batch) {
      const found = await findBatch(tx, owner, id);
      if (found.status === 'cancelling') return found;
      throw new PoolError('conflict', `A batch that is ${found.status} cannot be cancelled.`);
    }
    await tx
      .update(batchItems)
      .set({ state: 'dropped', body: '' })
      .where(and(eq(batchItems.batchId, id), eq(batchItems.state, 'waiting')));
    return batch;
  });
}
