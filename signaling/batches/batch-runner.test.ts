// Batches end to end with the official client: real routes, real database, real runner; only the jobs are scripted.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import OpenAI, { toFile } from 'openai';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type ErrorCode, PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { createAuthenticate } from '../http/authenticate.ts';
import {
  createGuardedApp,
  openTestSite,
  TEST_ACCOUNTS,
  TEST_MODEL,
  TEST_MODELS,
  type TestSite,
} from '../http/test-site.ts';
import { createOpenAiRoutes } from '../openai/open-ai-routes.ts';
import { ScriptedJobService } from '../openai/scripted-job-service.ts';
import { createBatchRoutes } from './batch-routes.ts';
import { type BatchRunner, type BatchRunnerOptions, createBatchRunner } from './batch-runner.ts';
import { takeItem } from './item-queue.ts';
import { batches, batchItems, webhookDeliveries } from './tables.ts';
import { rotateWebhookSecret } from './webhook-secrets.ts';

/** The embedded database is slow beside other tests. */
vi.setConfig({ testTimeout: 30_000 });

const logger = pino({ level: 'silent' });
const TIMING = { leaseMs: 600, pollMs: 20, backoffMs: 5, graceMs: 20 };
const WAIT = { timeout: 8000, interval: 10 };

const lineOf = (id: string, body: Record<string, unknown> = {}, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    custom_id: id,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: TEST_MODEL, messages: [{ role: 'user', content: `Hello ${id}` }], max_tokens: 4, ...body },
    ...more,
  });

forEachDatabase('batches', (open) => {
  let db: Database;
  let site: TestSite;
  let jobs = new ScriptedJobService();
  let runners: BatchRunner[] = [];

  beforeAll(async () => {
    ({ db } = await open());
    const authenticate = createAuthenticate(TEST_ACCOUNTS);
    const app = createGuardedApp(authenticate);
    const wake = (): void => {
      for (const runner of runners) runner.wake();
    };
    const limits = { items: 40, openBatches: 3, ownerFiles: 60, fileBytes: 64 * 1024 };
    const group = createBatchRoutes({ db, authenticate, wake, allowLoopbackWebhooks: true, limits });
    const options = { jobs, models: () => TEST_MODELS, authenticate, receiptsOf: async () => [], logger };
    app.route('/v1', createOpenAiRoutes({ ...options, groups: [group] }));
    site = await openTestSite(app);
  }, OPEN_TIMEOUT_MS);

  beforeEach(() => {
    jobs = new ScriptedJobService();
  });

  afterEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    runners = [];
    await db.delete(batchItems);
    await db.delete(batches);
  });

  afterAll(() => site.close());

  const run = (more: Partial<BatchRunnerOptions> = {}): BatchRunner => {
    const runner = createBatchRunner({ db, jobs, models: () => TEST_MODELS, logger, timing: TIMING, ...more });
    runners.push(runner);
    runner.start();
    return runner;
  };

  const upload = async (lines: string[], client = site.client) =>
    client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'), purpose: 'batch' });

  const start = async (lines: string[], more: Record<string, unknown> = {}) => {
    const { id } = await upload(lines);
    const body = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h', ...more };
    return site.client.batches.create(body as OpenAI.BatchCreateParams);
  };

  const ended = (id: string) =>
    vi.waitFor(async () => {
      const batch = await site.client.batches.retrieve(id);
      expect(['completed', 'failed', 'cancelled', 'expired']).toContain(batch.status);
      return batch;
    }, WAIT);

  const readLines = async (id: string | null | undefined) => {
    const text = id ? await (await site.client.files.content(id)).text() : '';
    return text
      .split('\n')
      .filter(Boolean)
      .map(
        (line) =>
          JSON.parse(line) as {
            custom_id: string;
            response: {
              status_code: number;
              body: OpenAI.ChatCompletion & OpenAI.ErrorObject & { error?: OpenAI.ErrorObject };
            };
          },
      );
  };

  const fault = (code: ErrorCode, at: 'submit' | 'queue' | 'start' | number = 'submit') => ({
    at,
    error: new PoolError(code, 'A fault by script.'),
  });

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
    expect(jobs.orders.every(({ source, payer }) => source === 'batch' && payer === 'account:ann')).toBe(true);
    // Neither prompts nor answers stay behind in the queue.
    expect(await db.select().from(batchItems).where(eq(batchItems.batchId, batch.id))).toEqual([]);
  });

  test('what disappeared is tried again, what failed is told at once', async () => {
    jobs.faults.push(fault('no-stages'), fault('stage-left', 0), fault('queue-full', 'queue'), fault('lap-timeout', 0));
    run({ parallel: 1 });
    const one = await ended((await start([lineOf('a')])).id);
    expect(one.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect(jobs.orders).toHaveLength(5);
    const seeds = new Set(jobs.orders.map(({ request }) => request.prompt));
    expect(seeds.size).toBe(5);
    jobs.faults.push(fault('context-exceeded', 'start'));
    const two = await ended((await start([lineOf('b')])).id);
    expect(two.request_counts).toEqual({ total: 1, completed: 0, failed: 1 });
    expect(jobs.orders).toHaveLength(6);
    expect((await readLines(two.error_file_id))[0]?.response.body.error?.code).toBe('context_length_exceeded');
  });

  test('after five losses it is given up; waiting for capacity is none', async () => {
    jobs.faults.push(...Array.from({ length: 7 }, () => fault('no-stages')));
    jobs.faults.push(...Array.from({ length: 5 }, () => fault('stage-left', 0)));
    run({ parallel: 1, timing: { ...TIMING, backoffMs: 1 } });
    const batch = await ended((await start([lineOf('a')])).id);
    expect(batch.request_counts?.failed).toBe(1);
    expect(jobs.orders).toHaveLength(12);
  });

  test('a runner that stops puts back what runs; the next one ends it', async () => {
    jobs.options = { tokenMs: 200 };
    const first = run({ parallel: 3 });
    const batch = await start(Array.from({ length: 6 }, (_, i) => lineOf(`r${i}`, { max_tokens: 50 })));
    await vi.waitFor(() => expect(jobs.running).toBe(3), WAIT);
    await first.stop();
    expect(jobs.running).toBe(0);
    expect((await site.client.batches.retrieve(batch.id)).status).toBe('in_progress');
    jobs.options = {};
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
    const taken = await takeItem(db, 100);
    expect(taken?.item.customId).toBe('a');
    run();
    const done = await ended(batch.id);
    expect(done.request_counts).toEqual({ total: 2, completed: 2, failed: 0 });
    expect(jobs.orders).toHaveLength(2);
  });

  test('two runners share a batch and do nothing twice', async () => {
    run();
    run();
    const batch = await start(Array.from({ length: 20 }, (_, i) => lineOf(`r${i}`)));
    expect((await ended(batch.id)).request_counts).toEqual({ total: 20, completed: 20, failed: 0 });
    expect(jobs.orders).toHaveLength(20);
    expect(jobs.mostRunning).toBeLessThanOrEqual(4);
  });

  test('cancelling keeps what is done and stops what runs', async () => {
    jobs.options = { tokenMs: 400 };
    run({ parallel: 1 });
    const slow = Array.from({ length: 5 }, (_, i) => lineOf(`slow${i}`, { max_tokens: 100 }));
    const batch = await start([lineOf('quick', { max_tokens: 1 }), ...slow]);
    await vi.waitFor(() => expect([jobs.endings.size, jobs.running]).toEqual([1, 1]), WAIT);
    expect((await site.client.batches.cancel(batch.id)).status).toBe('cancelling');
    expect((await site.client.batches.cancel(batch.id)).status).toBe('cancelling');
    const done = await ended(batch.id);
    expect(done.status).toBe('cancelled');
    expect(done.cancelled_at).toBeGreaterThanOrEqual(done.cancelling_at ?? Number.POSITIVE_INFINITY);
    expect((await readLines(done.output_file_id))[0]?.custom_id).toBe('quick');
    expect([jobs.running, jobs.orders.length]).toEqual([0, 2]);
    await expect(site.client.batches.cancel(batch.id)).rejects.toBeInstanceOf(OpenAI.ConflictError);
  });

  test('a window that ends gives up what has not run', async () => {
    jobs.faults.push(undefined, ...Array.from({ length: 200 }, () => fault('no-stages')));
    run({ parallel: 1 });
    const batch = await start([lineOf('a'), lineOf('b')]);
    await vi.waitFor(
      async () => expect((await site.client.batches.retrieve(batch.id)).request_counts?.completed).toBe(1),
      WAIT,
    );
    await db
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
    const page = await site.client.batches.list({ limit: 2 });
    expect([page.data.length, page.has_more]).toEqual([2, true]);
    const all: string[] = [];
    for await (const { id } of site.client.batches.list({ limit: 2 })) all.push(id);
    expect(new Set(all).size).toBe(3);
    expect((await site.other.batches.list()).data).toEqual([]);
    await expect(site.other.batches.retrieve(all[0] ?? '')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
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
    expect(await (await site.client.files.content(file.id)).text()).toBe('one\ntwo');
    expect((await site.client.files.retrieve(file.id)).id).toBe(file.id);
    expect((await site.client.files.list({ limit: 1 })).data[0]?.id).toBe(file.id);
    await expect(site.other.files.retrieve(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(site.other.files.content(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(site.other.files.delete(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    expect(await site.client.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true });
    await expect(site.client.files.retrieve(file.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(upload(['x'.repeat(100_000)])).rejects.toMatchObject({ status: 413 });
    await expect(upload(['a\0b'])).rejects.toMatchObject({ status: 400, param: 'file' });
    const notBatch = site.client.files.create({ file: await toFile(Buffer.from('x'), 'a'), purpose: 'vision' });
    await expect(notBatch).rejects.toMatchObject({ status: 400, param: 'purpose' });
  });

  test('a webhook is delivered, signed, and tried again until it is taken', async () => {
    const received: { body: string; headers: IncomingHttpHeaders }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        received.push({ body, headers: request.headers });
        response.writeHead(received.length === 1 ? 500 : 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    try {
      await expect(start([lineOf('a')], { webhook })).rejects.toMatchObject({ status: 400, param: 'webhook' });
      const secret = await rotateWebhookSecret(db, 'account:ann');
      run({ webhooks: { allowLoopback: true, backoffMs: 5 } });
      const batch = await start([lineOf('a')], { webhook });
      await vi.waitFor(() => expect(received).toHaveLength(2), WAIT);
      const [first, second] = received;
      expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
      const client = new OpenAI({ apiKey: 'x', webhookSecret: secret });
      for (const { body, headers } of received) {
        await client.webhooks.verifySignature(body, headers as Record<string, string>);
        await expect(client.webhooks.verifySignature(`${body} `, headers as Record<string, string>)).rejects.toThrow();
      }
      expect(JSON.parse(second?.body ?? '')).toMatchObject({ id: batch.id, object: 'batch', status: 'completed' });
      await vi.waitFor(async () => {
        const rows = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.batchId, batch.id));
        expect(rows).toMatchObject([{ state: 'delivered', attempts: 2, lease: null }]);
      }, WAIT);
    } finally {
      server.close();
    }
  });
});
