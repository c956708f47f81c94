// The durable queue of requests. Whoever takes one holds a lease; only its holder may write the result, and only while the
// item is running: a result is written once, however many runners there are and whatever dies.
import { randomUUID } from 'node:crypto';
import { and, asc, eq, exists, gt, lt, lte, or, sql } from 'drizzle-orm';
import type { Database } from '../db/open-database.ts';
import type { Usage } from '../jobs/job-types.ts';
import type { BatchRow, ItemRow } from './batch-types.ts';
import { batches, batchItems } from './tables.ts';

export interface TakenItem {
  item: ItemRow & { lease: string };
  batch: Pick<BatchRow, 'owner' | 'endpoint'>;
}

/** Whose items may run now. */
export async function listDueOwners(db: Database, now = new Date()): Promise<string[]> {
  const rows = await db.selectDistinct({ owner: batches.owner }).from(batches).where(hasDueItems(db, now));
  return rows.map(({ owner }) => owner);
}

/**
 * An item that may run: one that waits, or one whose runner has let its lease end (which counts as an attempt). The batch
 * is drawn by lot first, so that a large one of its owner holds up no small one.
 *
 * @param of whose; anybody's where nobody is named.
 */
export async function takeItem(
  db: Database,
  leaseMs: number,
  { now = new Date(), of }: { now?: Date; of?: string } = {},
): Promise<TakenItem | undefined> {
  const isDue = dueAt(now);
  return db.transaction(async (tx) => {
    const [drawn] = await tx
      .select({ id: batches.id })
      .from(batches)
      .where(and(hasDueItems(tx, now), of === undefined ? undefined : eq(batches.owner, of)))
      .orderBy(sql`random()`)
      .limit(1);
    if (!drawn) return undefined;
    const [found] = await tx
      .select({ item: batchItems, owner: batches.owner, endpoint: batches.endpoint })
      .from(batchItems)
      .innerJoin(batches, eq(batches.id, batchItems.batchId))
      .where(and(eq(batchItems.batchId, drawn.id), eq(batches.status, 'in_progress'), isDue))
      .orderBy(asc(batchItems.notBefore), asc(batchItems.line))
      .limit(1)
      .for('update', { of: batchItems, skipLocked: true });
    if (!found) return undefined;
    const { item, ...batch } = found;
    const lease = randomUUID();
    const attempts = item.state === 'running' ? item.attempts + 1 : item.attempts;
    const leaseUntil = new Date(now.getTime() + leaseMs);
    await tx
      .update(batchItems)
      .set({ state: 'running', lease, leaseUntil, attempts })
      .where(and(eq(batchItems.batchId, item.batchId), eq(batchItems.line, item.line)));
    return { item: { ...item, state: 'running', lease, leaseUntil, attempts }, batch };
  });
}

const dueAt = (now: Date) =>
  or(
    and(eq(batchItems.state, 'waiting'), lte(batchItems.notBefore, now)),
    and(eq(batchItems.state, 'running'), lt(batchItems.leaseUntil, now)),
  );

function hasDueItems(db: Database, now: Date) {
  const dueItems = db
    .select({ line: batchItems.line })
    .from(batchItems)
    .where(and(eq(batchItems.batchId, batches.id), dueAt(now)));
  return and(eq(batches.status, 'in_progress'), gt(batches.expiresAt, now), exists(dueItems));
}

/** false: the item is no longer the caller's to run, or its batch wants no more answers. */
export async function renewLease(db: Database, item: TakenItem['item'], leaseMs: number): Promise<boolean> {
  const kept = await db
    .update(batchItems)
    .set({ leaseUntil: new Date(Date.now() + leaseMs) })
    .where(
      and(
        held(item),
        sql`exists (select 1 from ${batches} where ${batches.id} = ${item.batchId} and ${batches.status} = 'in_progress')`,
      ),
    )
    .returning({ line: batchItems.line });
  return kept.length === 1;
}

/** Gives it back to the queue. `isAttempt`: it was lost while it ran. */
export async function putBack(
  db: Database,
  item: TakenItem['item'],
  { notBefore, isAttempt, isWait }: { notBefore: Date; isAttempt: boolean; isWait: boolean },
): Promise<void> {
  await db
    .update(batchItems)
    .set({
      // A batch that is being cancelled takes nothing back.
      state: sql`case when (select ${batches.status} from ${batches} where ${batches.id} = ${item.batchId}) = 'in_progress'
        then 'waiting' else 'dropped' end`,
      lease: null,
      leaseUntil: null,
      notBefore,
      attempts: item.attempts + (isAttempt ? 1 : 0),
      waits: item.waits + (isWait ? 1 : 0),
    })
    .where(held(item));
}

export interface ItemResult {
  state: 'done' | 'failed';
  /** JSON line without its line break. */
  line: string;
  usage?: Usage | undefined;
}

/**
 * Writes the result and counts it. `lost`: another runner has the item now. `full`: the batch has no room for a result of
 * this size, and nothing was written.
 */
export async function finishItem(
  db: Database,
  item: TakenItem['item'],
  { state, line, usage }: ItemResult,
  mostBytes: number,
): Promise<'written' | 'lost' | 'full'> {
  const bytes = Buffer.byteLength(line) + 1;
  return db.transaction(async (tx) => {
    // The batch's row before the request's, as `endBatches` takes them: in another order the two would wait for each other.
    const [batch] = await tx
      .select({ resultBytes: batches.resultBytes })
      .from(batches)
      .where(eq(batches.id, item.batchId))
      .for('update');
    const [own] = await tx.select({ line: batchItems.line }).from(batchItems).where(held(item)).for('update');
    if (!batch || !own) return 'lost';
    if (batch.resultBytes + bytes > mostBytes) return 'full';
    await tx
      .update(batchItems)
      // The prompt is not needed any more.
      .set({ state, result: line, body: '', lease: null, leaseUntil: null })
      .where(held(item));
    await tx
      .update(batches)
      .set({
        ...(state === 'done' ? { completed: sql`${batches.completed} + 1` } : { failed: sql`${batches.failed} + 1` }),
        resultBytes: sql`${batches.resultBytes} + ${bytes}`,
        promptTokens: sql`${batches.promptTokens} + ${usage?.promptTokens ?? 0}`,
        cachedTokens: sql`${batches.cachedTokens} + ${usage?.cachedTokens ?? 0}`,
        completionTokens: sql`${batches.completionTokens} + ${usage?.completionTokens ?? 0}`,
      })
      .where(eq(batches.id, item.batchId));
    return 'written';
  });
}

const held = (item: TakenItem['item']) =>
  and(
    eq(batchItems.batchId, item.batchId),
    eq(batchItems.line, item.line),
    eq(batchItems.state, 'running'),
    eq(batchItems.lease, item.lease),
  );
