import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { addBatch, cancelBatch } from './batch-store.ts';
import { endBatches } from './end-batch.ts';
import { finishItem, putBack, renewLease, takeItem } from './item-queue.ts';
import { batches, batchItems, files } from './tables.ts';

const ROOM = 1_000_000;
const RESULT = { state: 'done', line: '{}', usage: { promptTokens: 3, cachedTokens: 1, completionTokens: 2 } } as const;

forEachDatabase('queue of requests', (open) => {
  let db: Database;
  let again: Database;

  beforeAll(async () => {
    const database = await open();
    db = database.db;
    again = (await database.openAgain()).db;
  }, OPEN_TIMEOUT_MS);

  afterEach(async () => {
    for (const table of [batchItems, batches, files]) await db.delete(table);
  });

  const add = (count: number) => {
    const lines = Array.from({ length: count }, (_, i) => ({ line: i + 1, customId: `c${i + 1}`, body: '{}' }));
    const batch = { owner: 'account:a', endpoint: '/v1/completions', inputFileId: 'file-x', metadata: null } as const;
    return addBatch(db, { ...batch, webhook: null, model: 'm', lines, errors: [] }, { openBatches: 10 });
  };

  const counts = async (id: string) => {
    const [row] = await db.select().from(batches).where(eq(batches.id, id));
    return [row?.completed, row?.failed, row?.promptTokens, row?.completionTokens];
  };

  test('many takers at once get each request once', async () => {
    await add(12);
    const taken = await Promise.all(Array.from({ length: 16 }, (_, i) => takeItem(i % 2 ? db : again, 60_000)));
    const lines = taken.flatMap((each) => each?.item.line ?? []);
    // With rows locked by others a taker may find none; nobody gets another's.
    expect(new Set(lines).size).toBe(lines.length);
    for (let one = await takeItem(db, 60_000); one; one = await takeItem(db, 60_000)) lines.push(one.item.line);
    expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
  });

  /** Ends before it begins: what is left of a runner that died. */
  const DEAD_LEASE_MS = -1000;

  test('a result is written once: a late holder changes nothing', async () => {
    const { id } = await add(1);
    const first = await takeItem(db, DEAD_LEASE_MS);
    const second = await takeItem(again, 60_000);
    expect([first?.item.attempts, second?.item.attempts]).toEqual([0, 1]);
    if (!first || !second) throw new Error('nothing was taken');
    expect(await renewLease(db, first.item, 1000)).toBe(false);
    expect(await finishItem(db, first.item, RESULT, ROOM)).toBe('lost');
    await putBack(db, first.item, { notBefore: new Date(), isAttempt: true, isWait: true });
    expect(await renewLease(again, second.item, 60_000)).toBe(true);
    expect(await finishItem(again, second.item, RESULT, ROOM)).toBe('written');
    expect(await finishItem(again, second.item, RESULT, ROOM)).toBe('lost');
    expect(await counts(id)).toEqual([1, 0, 3, 2]);
  });

  test('a result without room leaves everything as it was', async () => {
    const { id } = await add(1);
    const taken = await takeItem(db, 60_000);
    if (!taken) throw new Error('nothing was taken');
    expect(await finishItem(db, taken.item, RESULT, 2)).toBe('full');
    expect(await counts(id)).toEqual([0, 0, 0, 0]);
    expect(await finishItem(db, taken.item, RESULT, 3)).toBe('written');
  });

  test('who ends a batch and who finishes one of its requests take their locks in one order', async ({ skip }) => {
    skip(again === db, 'PGlite has one connection');
    const { id } = await add(1);
    const taken = await takeItem(db, 60_000);
    if (!taken) throw new Error('nothing was taken');
    let finishing: ReturnType<typeof finishItem> | undefined;
    await again.transaction(async (tx) => {
      await tx.select().from(batches).where(eq(batches.id, id)).for('update');
      finishing = finishItem(db, taken.item, RESULT, ROOM);
      finishing.catch(() => {});
      const isWaiting = sql`datname = current_database() and wait_event_type = 'Lock'`;
      await expect
        .poll(() => db.execute(sql`select 1 from pg_stat_activity where ${isWaiting}`))
        .toMatchObject({
          rows: [{}],
        });
      await tx.select().from(batchItems).where(eq(batchItems.batchId, id)).for('update');
    });
    expect(await finishing).toBe('written');
  });

  test('a small batch does not wait for a large one', async () => {
    await add(40);
    const { id } = await add(2);
    const taken: string[] = [];
    // By lot: that none of 30 draws is the second batch has a chance of 2 to the -30.
    for (let i = 0; i < 30; i += 1) taken.push((await takeItem(db, 60_000))?.item.batchId ?? '');
    expect(taken).toContain(id);
  });

  test('what is put back waits for its time', async () => {
    await add(1);
    const taken = await takeItem(db, 60_000);
    if (!taken) throw new Error('nothing was taken');
    const notBefore = new Date(Date.now() + 5000);
    await putBack(db, taken.item, { notBefore, isAttempt: true, isWait: true });
    expect(await takeItem(db, 60_000)).toBeUndefined();
    const later = await takeItem(db, 60_000, { now: new Date(notBefore.getTime() + 1) });
    expect(later?.item).toMatchObject({ attempts: 1, waits: 1 });
  });

  test('a batch ends once, whoever looks; a cancelled one takes nothing back', async () => {
    const { id } = await add(2);
    const taken = await takeItem(db, 60_000);
    if (!taken) throw new Error('nothing was taken');
    expect(await endBatches(db)).toEqual([]);
    await cancelBatch(db, 'account:a', id);
    expect(await renewLease(db, taken.item, 60_000)).toBe(false);
    expect(await endBatches(db)).toEqual([]);
    await putBack(db, taken.item, { notBefore: new Date(), isAttempt: false, isWait: false });
    const ended = (await Promise.all([endBatches(db), endBatches(again), endBatches(db)])).flat();
    expect(ended.map(({ status }) => status)).toEqual(['cancelled']);
    expect(await takeItem(db, 60_000)).toBeUndefined();
  });

  test('a runner that died does not keep a cancelled batch open for ever', async () => {
    const { id } = await add(1);
    expect(await takeItem(db, DEAD_LEASE_MS)).toBeDefined();
    await cancelBatch(db, 'account:a', id);
    expect((await endBatches(db)).map(({ status }) => status)).toEqual(['cancelled']);
  });
});
