// Files and batches in the database: bounds that hold for many at once, pages that miss nothing, ends that come once.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { addBatch, cancelBatch, findBatch, listBatches } from './batch-store.ts';
import { FILE_LIFE_MS } from './batch-types.ts';
import { endBatches } from './end-batch.ts';
import { addUpload, deleteExpiredFiles, deleteFile, findFile, listFiles, readFile, writeFile } from './file-store.ts';
import { finishItem, putBack, takeItem } from './item-queue.ts';
import { batches, batchItems, files, webhookDeliveries } from './tables.ts';

const ANN = 'account:ann';
const BOB = 'account:bob';
const ROOM = { ownerBytes: 1000, ownerFiles: 100 };
const upload = (content: string, owner = ANN) => ({ owner, filename: 'in.jsonl', purpose: 'batch' as const, content });

forEachDatabase('files and batches', (open) => {
  let db: Database;
  let again: Database;
  beforeAll(async () => {
    const database = await open();
    db = database.db;
    again = (await database.openAgain()).db;
  }, OPEN_TIMEOUT_MS);
  afterEach(async () => {
    for (const table of [batchItems, batches, files, webhookDeliveries]) await db.delete(table);
  });
  const fulfilled = async (promises: Promise<unknown>[]) =>
    (await Promise.allSettled(promises)).filter(({ status }) => status === 'fulfilled').length;
  const newBatch = (count: number, more: Record<string, unknown> = {}) => ({
    ...({ owner: ANN, endpoint: '/v1/completions', inputFileId: 'file-x', metadata: null, webhook: null } as const),
    ...{ model: 'm', errors: [] },
    lines: Array.from({ length: count }, (_, i) => ({ line: i + 1, customId: `c${i + 1}`, body: '{}' })),
    ...more,
  });
  const add = (count: number, more: Record<string, unknown> = {}) =>
    addBatch(db, newBatch(count, more), { openBatches: 5 });

  describe('files', () => {
    test('uploads at once share one room, each owner’s own; what the server writes needs none', async () => {
      const uploads = Array.from({ length: 6 }, (_, i) => addUpload(i % 2 ? db : again, upload('x'.repeat(300)), ROOM));
      expect(await fulfilled(uploads)).toBe(3);
      await expect(addUpload(db, upload('x'.repeat(101)), ROOM)).rejects.toMatchObject({ code: 'too-large' });
      await addUpload(db, upload('é'.repeat(50)), ROOM);
      await expect(addUpload(db, upload('x'), ROOM)).rejects.toMatchObject({ code: 'too-large' });
      await addUpload(db, upload('x'.repeat(1000), BOB), ROOM);
      await writeFile(db, { ...upload('x'.repeat(5000)), purpose: 'batch_output' });
      expect(await fulfilled([addUpload(db, upload(''), { ...ROOM, ownerFiles: 4 })])).toBe(0);
      expect(await fulfilled([addUpload(db, upload(''), { ...ROOM, ownerFiles: 5 })])).toBe(1);
    });

    test('pages of files of one moment miss none and repeat none, in both orders', async () => {
      for (let i = 0; i < 5; i += 1) await addUpload(db, upload(String(i)), ROOM);
      await addUpload(db, upload('', BOB), ROOM);
      await db.update(files).set({ createdAt: new Date(1000) });
      const pages = async (order: 'asc' | 'desc'): Promise<string[]> => {
        const ids: string[] = [];
        for (let after: string | undefined; ; after = ids.at(-1)) {
          const page = await listFiles(db, ANN, { limit: 2, order, after });
          ids.push(...page.slice(0, 2).map(({ id }) => id));
          if (page.length <= 2) return ids;
        }
      };
      const [up, down] = [await pages('asc'), await pages('desc')];
      expect(new Set(up).size).toBe(5);
      expect(down).toEqual(up.toReversed());
      await expect(listFiles(db, BOB, { limit: 2, order: 'asc', after: up[0] })).rejects.toMatchObject({
        code: 'not-found',
      });
      expect(await listFiles(db, ANN, { limit: 2, order: 'asc', purpose: "batch' or true --" })).toEqual([]);
    });

    test('go when their time is over and not before, and only their owner deletes them', async () => {
      const long = await addUpload(db, upload('long'), ROOM);
      const short = await addUpload(db, { ...upload('short'), lifeMs: 3_600_000 }, ROOM);
      expect(long.expiresAt.getTime() - long.createdAt.getTime()).toBe(FILE_LIFE_MS);
      await deleteExpiredFiles(db, short.expiresAt);
      expect(await readFile(db, ANN, short.id)).toBe('short');
      await deleteExpiredFiles(db, new Date(short.expiresAt.getTime() + 1));
      await expect(readFile(db, ANN, short.id)).rejects.toMatchObject({ code: 'not-found' });
      await expect(deleteFile(db, BOB, long.id)).rejects.toMatchObject({ code: 'not-found' });
      expect(await findFile(db, ANN, long.id)).toMatchObject({ bytes: 4 });
      expect(await fulfilled([deleteFile(db, ANN, long.id), deleteFile(db, ANN, long.id)])).toBe(1);
    });
  });

  describe('batches', () => {
    test('made at once are no more than an owner may have open; failed and ended ones do not count', async () => {
      await add(0, { errors: [{ code: 'empty_file', message: '', line: null, param: null }] });
      const make = (owner: string) => addBatch(db, newBatch(1, { owner }), { openBatches: 2 });
      expect(await fulfilled(Array.from({ length: 5 }, () => make(ANN)))).toBe(2);
      await expect(make(ANN)).rejects.toMatchObject({ code: 'rate-limited', data: { retryAfterSeconds: 60 } });
      await make(BOB);
      const [open] = await listBatches(db, ANN, { limit: 1 });
      await cancelBatch(db, ANN, open?.id ?? '');
      await expect(make(ANN), 'cancelling is still open').rejects.toMatchObject({ code: 'rate-limited' });
      await endBatches(db);
      await make(ANN);
    });

    test('of more requests than one statement takes keep all of them', async () => {
      const { id, total } = await add(2500);
      const items = await db.select({ line: batchItems.line }).from(batchItems);
      expect([total, items.length, new Set(items.map(({ line }) => line)).size]).toEqual([2500, 2500, 2500]);
      expect((await findBatch(db, ANN, id)).status).toBe('in_progress');
    });

    test('that have ended are not cancelled, whoever asks; nobody cancels another’s', async () => {
      const { id } = await add(1);
      await expect(cancelBatch(db, BOB, id)).rejects.toMatchObject({ code: 'not-found' });
      const twice = await Promise.all([cancelBatch(db, ANN, id), cancelBatch(again, ANN, id)]);
      expect(twice.map(({ status }) => status)).toEqual(['cancelling', 'cancelling']);
      expect(await endBatches(db)).toMatchObject([{ id, status: 'cancelled', outputFileId: null, errorFileId: null }]);
      await expect(cancelBatch(db, ANN, id)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('a window that ends while a batch is being cancelled ends it as cancelled, with what is done', async () => {
      const { id } = await add(3, { webhook: 'https://hook.example/' });
      const [done, running] = [await takeItem(db, 60_000), await takeItem(db, 60_000)];
      await finishItem(db, done!.item, { state: 'done', line: '{"a":1}' }, 1000);
      await cancelBatch(db, ANN, id);
      const later = new Date((await findBatch(db, ANN, id)).expiresAt.getTime() + 1);
      const [ended] = await endBatches(db, { now: later });
      expect(ended).toMatchObject({ status: 'cancelled', completed: 1, failed: 0, errorFileId: null, endedAt: later });
      expect(await readFile(db, ANN, ended?.outputFileId ?? '')).toBe('{"a":1}\n');
      // Whoever still ran one of its requests finds it gone.
      expect(await finishItem(db, running!.item, { state: 'done', line: '{}' }, 1000)).toBe('lost');
      await putBack(db, running!.item, { notBefore: new Date(), isAttempt: true, isWait: true });
      expect(await takeItem(db, 60_000)).toBeUndefined();
      expect(await db.select().from(webhookDeliveries)).toMatchObject([{ batchId: id, owner: ANN, state: 'waiting' }]);
      expect(await endBatches(db, { now: later })).toEqual([]);
    });

    test('a batch that fails at once tells its webhook', async () => {
      const errors = [{ code: 'invalid_json', line: 1, message: 'no JSON', param: null }];
      const { id } = await add(0, { webhook: 'https://hook.example/', errors });
      const [delivery] = await db.select().from(webhookDeliveries);
      expect(delivery).toMatchObject({ batchId: id, owner: ANN, url: 'https://hook.example/', state: 'waiting' });
      expect(JSON.parse(delivery!.body)).toMatchObject({ id, status: 'failed' });
    });

    test('nothing is taken of a batch whose window is over', async () => {
      const { expiresAt } = await add(1);
      expect(await takeItem(db, 60_000, { now: expiresAt })).toBeUndefined();
      expect(await takeItem(db, 60_000, { now: new Date(expiresAt.getTime() - 1) })).toBeDefined();
    });
  });
});
