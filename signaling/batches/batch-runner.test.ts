// What becomes of a batch: results, losses, leases, cancelling, files and pages.
import { eq } from 'drizzle-orm';
import OpenAI, { toFile } from 'openai';
import { expect, test, vi } from 'vitest';
import { forEachDatabase } from '../db/test-databases.ts';
import { TEST_MODEL } from '../http/test-site.ts';
import { takeItem } from './item-queue.ts';
import { batches, batchItems } from './tables.ts';
import { BatchScene, fault, lineOf, TIMING, WAIT } from './test-scene.ts';

/** The embedded database is slow beside other tests. */
vi.setConfig({ testTimeout: 180_000 });

forEachDatabase('batches', (open) => {
  const scene = BatchScene.set(open);
  const { ended, readLines, run, start, upload } = scene;

  test('answers and errors come in their files, in order, with what was used', async () => {
    run();
    const batch = await start(
      [lineOf('a'), lineOf('b', { temperature: 9 }), '', lineOf('c', { n: 2 }), lineOf('d', { tools: [{}] })],
      { metadata: { for: 'test' } },
    );
    expect(batch).toMatchObject({
      object: 'batch',
      status: 'in_progress',
      model: TEST_MODEL,
      metadata: { for: 'test' },
    });
    const done = await ended(batch.id);
    expect(done).toMatchObject({ status: 'completed', request_counts: { total: 4, completed: 2, failed: 2 } });
    expect(done.completed_at).toBeGreaterThanOrEqual(done.created_at);
    const outputs = await readLines(done.output_file_id);
    expect(outputs.map(({ custom_id }) => custom_id)).toEqual(['a', 'c']);
    expect(outputs[1]?.response.body).toMatchObject({
      object: 'chat.completion',
      choices: [{ index: 0 }, { index: 1 }],
    });
    const used = outputs.reduce((sum, { response }) => sum + (response.body.usage?.total_tokens ?? 0), 0);
    expect(done.usage?.total_tokens).toBe(used);
    const errors = await readLines(done.error_file_id);
    expect(
      errors.map(({ custom_id, response }) => [custom_id, response.status_code, response.body.error?.param]),
    ).toEqual([
      ['b', 400, 'temperature'],
      ['d', 400, 'tools'],
    ]);
    expect(scene.jobs.orders.every(({ source, payer }) => source === 'batch' && payer === 'account:ann')).toBe(true);
    // Its caller is gone: all batches have one address's turns (G14).
    expect(scene.jobs.orders.every(({ address }) => address === undefined)).toBe(true);
    // Neither prompts nor answers stay behind in the queue.
    expect(await scene.db.select().from(batchItems).where(eq(batchItems.batchId, batch.id))).toEqual([]);
  });

  test('what disappeared is tried again, what failed is told at once', async () => {
    scene.jobs.faults.push(
      fault('no-stages'),
      fault('stage-left', 0),
      fault('queue-full', 'queue'),
      fault('lap-timeout', 0),
    );
    run({ parallel: 1 });
    const one = await ended((await start([lineOf('a')])).id);
    expect(one.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect(scene.jobs.orders).toHaveLength(5);
    const seeds = new Set(scene.jobs.orders.map(({ request }) => request.prompt));
    expect(seeds.size).toBe(5);
    scene.jobs.faults.push(fault('context-exceeded', 'start'));
    const two = await ended((await start([lineOf('b')])).id);
    expect(two.request_counts).toEqual({ total: 1, completed: 0, failed: 1 });
    expect(scene.jobs.orders).toHaveLength(6);
    expect((await readLines(two.error_file_id))[0]?.response.body.error?.code).toBe('context_length_exceeded');
  });

  test('after five losses it is given up; waiting for capacity is none', async () => {
    scene.jobs.faults.push(...Array.from({ length: 7 }, () => fault('no-stages')));
    scene.jobs.faults.push(...Array.from({ length: 5 }, () => fault('stage-left', 0)));
    run({ parallel: 1, timing: { ...TIMING, backoffMs: 1 } });
    const batch = await ended((await start([lineOf('a')])).id);
    expect(batch.request_counts?.failed).toBe(1);
    expect(scene.jobs.orders).toHaveLength(12);
  });

  test('a runner that stops puts back what runs; the next one ends it', async () => {
    scene.jobs.options = { tokenMs: 200 };
    const first = run({ parallel: 3 });
    const batch = await start(Array.from({ length: 6 }, (_, i) => lineOf(`r${i}`, { max_tokens: 50 })));
    await vi.waitFor(() => expect(scene.jobs.running).toBe(3), WAIT);
    await first.stop();
    expect(scene.jobs.running).toBe(0);
    expect((await scene.site.client.batches.retrieve(batch.id)).status).toBe('in_progress');
    scene.jobs.options = {};
    run();
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 6, completed: 6, failed: 0 });
    expect((await readLines(done.output_file_id)).map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: 6 }, (_, i) => `r${i}`),
    );
  });

  test('a runner that died leaves a lease that ends; its late result counts no more', async () => {
    const batch = await start([lineOf('a'), lineOf('b')]);
    // What a process does that is killed right after: takes, and is heard of no more.
    const taken = await takeItem(scene.db, 100);
    expect(taken?.item.customId).toBe('a');
    run();
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 2, completed: 2, failed: 0 });
    expect(scene.jobs.orders).toHaveLength(2);
  });

  test('two runners share a batch and do nothing twice', async () => {
    run();
    run();
    const batch = await start(Array.from({ length: 20 }, (_, i) => lineOf(`r${i}`)));
    expect((await ended(batch.id)).request_counts).toEqual({ total: 20, completed: 20, failed: 0 });
    expect(scene.jobs.orders).toHaveLength(20);
    expect(scene.jobs.mostRunning).toBeLessThanOrEqual(4);
  });

  test('cancelling keeps what is done and stops what runs', async () => {
    scene.jobs.options = { tokenMs: 400 };
    run({ parallel: 1 });
    const slow = Array.from({ length: 5 }, (_, i) => lineOf(`slow${i}`, { max_tokens: 100 }));
    const batch = await start([lineOf('quick', { max_tokens: 1 }), ...slow]);
    await vi.waitFor(() => expect([scene.jobs.endings.size, scene.jobs.running]).toEqual([1, 1]), WAIT);
    expect((await scene.site.client.batches.cancel(batch.id)).status).toBe('cancelling');
    expect((await scene.site.client.batches.cancel(batch.id)).status).toBe('cancelling');
    const done = await ended(batch.id);
    expect(done.status).toBe('cancelled');
    expect(done.cancelled_at).toBeGreaterThanOrEqual(done.cancelling_at ?? Number.POSITIVE_INFINITY);
    expect((await readLines(done.output_file_id))[0]?.custom_id).toBe('quick');
    expect([scene.jobs.running, scene.jobs.orders.length]).toEqual([0, 2]);
    await expect(scene.site.client.batches.cancel(batch.id)).rejects.toBeInstanceOf(OpenAI.ConflictError);
  });

  test('a window that ends gives up what has not run', async () => {
    scene.jobs.faults.push(undefined, ...Array.from({ length: 200 }, () => fault('no-stages')));
    run({ parallel: 1 });
    const batch = await start([lineOf('a'), lineOf('b')]);
    await vi.waitFor(
      async () => expect((await scene.site.client.batches.retrieve(batch.id)).request_counts?.completed).toBe(1),
      WAIT,
    );
    await scene.db
      .update(batches)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(batches.id, batch.id));
    const done = await ended(batch.id);
    expect(done).toMatchObject({ status: 'expired', request_counts: { completed: 1, failed: 1 } });
    expect(await readLines(done.output_file_id)).toHaveLength(1);
    expect(await readLines(done.error_file_id)).toMatchObject([{ custom_id: 'b', error: { code: 'batch_expired' } }]);
  });

  test('results that do not fit are errors, and the batch ends', async () => {
    run({ limits: { batchResultBytes: 1500 } });
    const done = await ended((await start([lineOf('a'), lineOf('b'), lineOf('c')])).id);
    expect(done.request_counts?.failed).toBeGreaterThan(0);
    expect((await readLines(done.error_file_id))[0]?.response.body.error?.code).toBe('request_too_large');
  });

  test('a file that does not fit makes a failed batch that says where', async () => {
    const lines = [
      '{',
      lineOf('a', {}, { method: 'GET' }),
      lineOf('b', {}, { url: '/v1/embeddings' }),
      lineOf('c'),
      lineOf('c'),
    ];
    const batch = await start(lines);
    expect(batch.status).toBe('failed');
    expect(batch.errors?.data?.map(({ line, code }) => [line, code])).toEqual([
      [1, 'invalid_json_line'],
      [2, 'invalid_method'],
      [3, 'mismatched_endpoint'],
      [5, 'duplicate_custom_id'],
    ]);
    const many = await start(Array.from({ length: 41 }, (_, i) => lineOf(`m${i}`)));
    expect(many.errors?.data?.[0]?.code).toBe('too_many_requests');
    expect((await start([''])).errors?.data?.[0]?.code).toBe('empty_file');
  });

  test('pages of batches, newest first', async () => {
    for (const id of ['a', 'b', 'c']) await start([lineOf(id)]);
    const page = await scene.site.client.batches.list({ limit: 2 });
    expect([page.data.length, page.has_more]).toEqual([2, true]);
    const all: string[] = [];
    for await (const { id } of scene.site.client.batches.list({ limit: 2 })) all.push(id);
    expect(new Set(all).size).toBe(3);
    expect((await scene.site.other.batches.list()).data).toEqual([]);
    await expect(scene.site.other.batches.retrieve(all[0] ?? '')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(start([lineOf('d')])).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });

  test('files: read, listed, deleted, and nobody else’s; bounds hold', async () => {
    const file = await upload(['one', 'two']);
    expect(file).toMatchObject({
      object: 'file',
      bytes: 7,
      filename: 'in.jsonl',
      purpose: 'batch',
      status: 'processed',
    });
    expect(await (await scene.site.client.files.content(file.id)).text()).toBe('one\ntwo');
    expect((await scene.site.client.files.retrieve(file.id)).id).toBe(file.id);
    expect((await scene.site.client.files.list({ limit: 1 })).data[0]?.id).toBe(file.id);
    await expect(scene.site.other.files.retrieve(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(scene.site.other.files.content(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(scene.site.other.files.delete(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    expect(await scene.site.client.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true });
    await expect(scene.site.client.files.retrieve(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(upload(['x'.repeat(100_000)])).rejects.toMatchObject({ status: 413 });
    await expect(upload(['a\0b'])).rejects.toMatchObject({ status: 400, param: 'file' });
    const notBatch = scene.site.client.files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'vision' });
    await expect(notBatch).rejects.toMatchObject({ status: 400, param: 'purpose' });
  });
});
