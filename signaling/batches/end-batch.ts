// How a batch comes to its end, once: results become files, requests are forgotten, the webhook is put in its queue. All in
// one transaction, so that a crash leaves either a batch that is open or one that is complete.
import { and, asc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import type { BatchRow } from './batch-types.ts';
import { writeFile } from './file-store.ts';
import { errorLine } from './result-line.ts';
import { batches, batchItems } from './tables.ts';
import { queueWebhook } from './webhook-queue.ts';

const OPEN: BatchRow['status'][] = ['in_progress', 'cancelling'];

/**
 * Ends every open batch that can be: all items have ended, or its window has. Resolves to the ended ones.
 *
 * @param onFailed told of each that could not be ended, which keeps no other from its end; without it the first one rejects.
 */
export async function endBatches(
  db: Database,
  { now = new Date(), onFailed }: { now?: Date; onFailed?: (thrown: unknown) => void } = {},
): Promise<BatchRow[]> {
  const hasOpenItems = sql`exists (select 1 from ${batchItems} where ${batchItems.batchId} = ${batches.id} and (
    ${batchItems.state} = 'waiting' or (${batchItems.state} = 'running' and
      (${batches.status} = 'in_progress' or ${batchItems.leaseUntil} >= ${now.toISOString()}::timestamptz))))`;
  const due = await db
    .select({ id: batches.id })
    .from(batches)
    .where(and(inArray(batches.status, OPEN), or(lt(batches.expiresAt, now), sql`not ${hasOpenItems}`)))
    // By lot: many that fail each time are not always the first.
    .orderBy(sql`random()`)
    .limit(100);
  const ended: BatchRow[] = [];
  for (const { id } of due) {
    const batch = await endBatch(db, id, now).catch((thrown) => {
      if (!onFailed) throw thrown;
      onFailed(thrown);
    });
    if (batch) ended.push(batch);
  }
  return ended;
}

/** undefined: another runner was first, or there is still something to wait for. */
async function endBatch(db: Database, id: string, now: Date): Promise<BatchRow | undefined> {
  return db.transaction(async (tx) => {
    const [batch] = await tx
      .select()
      .from(batches)
      .where(and(eq(batches.id, id), inArray(batches.status, OPEN)))
      .for('update');
    if (!batch) return undefined;
    const isExpired = batch.expiresAt < now;
    const items = await tx
      .select()
      .from(batchItems)
      .where(eq(batchItems.batchId, id))
      .orderBy(asc(batchItems.line))
      .for('update');
    const isOver = (state: string): boolean => state === 'done' || state === 'failed' || state === 'dropped';
    const open = items.filter((item) => !isOver(item.state));
    const isWaitedFor = open.some(({ state, leaseUntil }) =>
      batch.status === 'cancelling' ? state === 'running' && leaseUntil && leaseUntil >= now : true,
    );
    if (isWaitedFor && !isExpired) return undefined;
    const error = { code: 'batch_expired', message: 'This request was not run before the batch’s window ended.' };
    const unrun = isExpired && batch.status === 'in_progress' ? open : [];
    const errors = [
      ...items.flatMap(({ state, result }) => (state === 'failed' && result ? [result] : [])),
      ...unrun.map(({ customId }) => errorLine(customId, error)),
    ];
    const outputs = items.flatMap(({ state, result }) => (state === 'done' && result ? [result] : []));
    const write = async (lines: string[], kind: string): Promise<string | null> => {
      if (lines.length === 0) return null;
      const content = `${lines.join('\n')}\n`;
      const file = { owner: batch.owner, filename: `${id}_${kind}.jsonl`, purpose: 'batch_output' as const, content };
      return (await writeFile(tx, file)).id;
    };
    const [ended] = await tx
      .update(batches)
      .set({
        status: batch.status === 'cancelling' ? 'cancelled' : unrun.length > 0 ? 'expired' : 'completed',
        outputFileId: await write(outputs, 'output'),
        errorFileId: await write(errors, 'error'),
        failed: batch.failed + unrun.length,
        endedAt: now,
      })
      .where(eq(batches.id, id))
      .returning();
    await tx.delete(batchItems).where(eq(batchItems.batchId, id));
    if (ended) await queueWebhook(tx, ended, now);
    return ended;
  });
}
