// Tries of webhooks against a receiver on a loopback port: when it is over, and when it goes on.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../db/open-database.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { openSeal } from '../seal/open-seal.ts';
import { webhookDeliveries } from './tables.ts';
import { createWebhookQueue } from './webhook-queue.ts';
import { rotateWebhookSecret } from './webhook-secrets.ts';

const seal = openSeal({ memory: true });
const OPTIONS = {
  seal,
  logger: pino({ level: 'silent' }),
  allowLoopback: true,
  timeoutMs: 60_000,
  backoffMs: 3_600_000,
};

forEachDatabase('queue of webhooks', (open) => {
  let db: Database;
  let again: Database;
  let receiver: Server;
  let url: string;
  let answers: number[];
  let received: string[];

  beforeAll(async () => {
    const database = await open();
    db = database.db;
    again = (await database.openAgain()).db;
    await rotateWebhookSecret(db, seal, 'account:ann');
    receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']));
      response.writeHead(answers.shift() ?? 204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    [answers, received] = [[], []];
  }, OPEN_TIMEOUT_MS);
  afterAll(() => void receiver.close());
  afterEach(async () => {
    [answers, received] = [[], []];
    await db.delete(webhookDeliveries);
  });

  const put = (id: string, more: Partial<typeof webhookDeliveries.$inferInsert> = {}) =>
    db.insert(webhookDeliveries).values({
      ...{
        id,
        batchId: `batch_${id}`,
        owner: 'account:ann',
        url,
        body: '{}',
        state: 'waiting',
        notBefore: new Date(0),
      },
      ...more,
    });
  const deliverNext = (on: Database) => createWebhookQueue(on, OPTIONS).deliverNext('fast');
  const row = async () => (await db.select().from(webhookDeliveries))[0];

  test.each([
    [200, 0, { state: 'delivered', attempts: 1, lastError: null }],
    [299, 9, { state: 'delivered', attempts: 10, lastError: null }],
    [302, 0, { state: 'waiting', attempts: 1, lastError: 'status 302' }],
    [500, 0, { state: 'waiting', attempts: 1, lastError: 'status 500' }],
    [500, 8, { state: 'waiting', attempts: 9, lastError: 'status 500' }],
    [500, 9, { state: 'given-up', attempts: 10, lastError: 'status 500' }],
    [410, 0, { state: 'given-up', attempts: 1, lastError: 'status 410' }],
  ])('a receiver that answers %i after %i tries', async (status, attempts, expected) => {
    answers.push(status);
    await put('msg_1', { attempts });
    expect(await deliverNext(db)).toBe(true);
    expect(await row()).toMatchObject({ ...expected, lease: null, leaseUntil: null });
    expect(await deliverNext(db), 'over, or not due for an hour').toBe(false);
    expect(received).toEqual(['msg_1']);
  });

  test.each([
    ['whose owner has no secret', { owner: 'account:bob' }, { state: 'given-up', lastError: 'no-secret' }],
    ['to an address inside', { url: 'https://10.0.0.1/' }, { state: 'given-up', lastError: 'bad-request' }],
    ['to a port where nobody listens', { url: 'http://127.0.0.1:1/' }, { state: 'waiting', lastError: 'link-failed' }],
  ])('a webhook %s', async (_, more, expected) => {
    await put('msg_1', more);
    expect(await deliverNext(db)).toBe(true);
    expect(await row()).toMatchObject(expected);
    expect(received).toEqual([]);
  });

  test('pauses grow with the tries', async () => {
    answers.push(500, 500);
    const pauseOf = async (attempts: number): Promise<number> => {
      await db.delete(webhookDeliveries);
      await put('msg_1', { attempts });
      const before = Date.now();
      await deliverNext(db);
      return ((await row())?.notBefore.getTime() ?? 0) - before;
    };
    expect(await pauseOf(4)).toBeGreaterThan((await pauseOf(0)) * 2);
  });

  test('many who deliver send each once; one that is being sent is left alone until its lease ends', async () => {
    for (const id of ['msg_1', 'msg_2', 'msg_3']) await put(id);
    await put('msg_4', { lease: 'other', leaseUntil: new Date(Date.now() + 3_600_000) });
    await put('msg_5', { lease: 'dead', leaseUntil: new Date(0) });
    for (;;) {
      const tried = await Promise.all([db, again, db, again].map((one) => deliverNext(one)));
      if (!tried.includes(true)) break;
    }
    expect(received.sort()).toEqual(['msg_1', 'msg_2', 'msg_3', 'msg_5']);
  });
});
