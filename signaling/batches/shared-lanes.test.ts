// What owners share, with one of them whose receivers or answers are stuck for good: the others do not notice.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { JobId } from '../../protocol/ids.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import type { Job, JobOrder, JobService, JobUpdate } from '../jobs/job-types.ts';
import { batches, batchItems, files, webhookDeliveries } from './tables.ts';
import { BatchScene, lineOf, TIMING, WAIT } from './test-scene.ts';
import { rotateWebhookSecret } from './webhook-secrets.ts';

/** The embedded database is slow beside other tests. */
vi.setConfig({ testTimeout: 180_000 });

/** Longer than any test waits. */
const NEVER_MS = 3_600_000;

forEachDatabase('shared lanes', (open) => {
  const scene = BatchScene.set(open);
  const servers: Server[] = [];

  beforeAll(async () => {
    for (const name of ['ann', 'bob', 'cyd', 'dan']) await rotateWebhookSecret(scene.db, scene.seal, `account:${name}`);
  }, OPEN_TIMEOUT_MS);
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    await scene.db.delete(webhookDeliveries);
  });

  /** Counts what it is sent, and answers or never does. */
  async function receiver(isAlive: boolean): Promise<{ url: string; requests: number }> {
    const seen = { url: '', requests: 0 };
    const server = createServer((_, response) => {
      seen.requests += 1;
      if (isAlive) response.writeHead(204).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    seen.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return seen;
  }

  let made = 0;
  const put = async (owner: string, { url }: { url: string }): Promise<string> => {
    const id = `msg_${made++}`;
    const row = { id, batchId: `batch_${id}`, owner: `account:${owner}`, url, body: '{}', state: 'waiting' as const };
    await scene.db.insert(webhookDeliveries).values({ ...row, notBefore: new Date(made) });
    return id;
  };
  const stateOf = async (id: string) =>
    (await scene.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id)))[0];
  const webhooks = { allowLoopback: true, timeoutMs: NEVER_MS, fastMs: NEVER_MS, backoffMs: NEVER_MS };

  /** Ends what a runner waits for, so that it can stop. */
  const endReceivers = (): void => {
    for (const server of servers) server.closeAllConnections();
  };

  test('G14: five dead receivers of one owner hold up nobody else’s webhook', async () => {
    const dead = await Promise.all(Array.from({ length: 5 }, () => receiver(false)));
    const alive = await receiver(true);
    const stuck = await Promise.all(dead.map((each) => put('ann', each)));
    scene.run({ webhooks });
    await vi.waitFor(() => expect(dead.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(0), WAIT);
    const id = await put('bob', alive);
    await vi.waitFor(async () => expect((await stateOf(id))?.state).toBe('delivered'), WAIT);
    for (const each of stuck) expect((await stateOf(each))?.state).toBe('waiting');
    endReceivers();
  });

  test('G14: slow receivers of many owners move to a lane of their own, and have not had their try before', async () => {
    const dead = await Promise.all(Array.from({ length: 12 }, () => receiver(false)));
    const owners = ['ann', 'cyd', 'dan'];
    const stuck = await Promise.all(dead.map((each, index) => put(owners[index % 3]!, each)));
    scene.run({ webhooks: { ...webhooks, fastMs: 100 } });
    // All are found out, and tried again in the other lane: as many at a time as it has workers.
    await vi.waitFor(async () => {
      const rows = await scene.db.select().from(webhookDeliveries);
      expect(rows.map(({ lastError }) => lastError)).toEqual(stuck.map(() => 'link-failed'));
    }, WAIT);
    const ids = await Promise.all(Array.from({ length: 6 }, async () => put('bob', await receiver(true))));
    for (const id of ids) await vi.waitFor(async () => expect((await stateOf(id))?.state).toBe('delivered'), WAIT);
    for (const each of stuck) expect(await stateOf(each)).toMatchObject({ state: 'waiting', attempts: 0 });
    endReceivers();
  });

  test('G14: a receiver that is slow once gets it in the slow lane, and is fast again when it answers in time', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      if (requests > 1) response.writeHead(204).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const id = await put('ann', { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    scene.run({ webhooks: { ...webhooks, fastMs: 1_000, timeoutMs: 60_000 } });
    await vi.waitFor(async () => expect(await stateOf(id)).toMatchObject({ state: 'delivered', attempts: 1 }), WAIT);
    expect(requests).toBe(2);
  });

  /** Jobs of one payer never come to an end, whatever they are told. */
  function stuckFor(payer: string, begins: (update: (more: JobUpdate) => void) => void = () => {}) {
    let running = 0;
    const service: JobService = {
      quote: (order) => scene.jobs.quote(order),
      find: (id, of) => scene.jobs.find(id, of),
      async submit(order: JobOrder): Promise<Job> {
        if (order.payer !== payer) return scene.jobs.submit(order);
        running += 1;
        const first: JobUpdate[] = [];
        begins((update) => first.push(update));
        const updates = async function* (): AsyncGenerator<JobUpdate, void, undefined> {
          yield* first;
          await new Promise(() => {});
        };
        const id = `${running}`.padStart(32, '0') as JobId;
        return { id, seed: 0, routed: new Promise(() => {}), updates: updates() };
      },
    };
    return {
      service,
      get running() {
        return running;
      },
    };
  }

  const startOther = async (lines: string[]) => {
    const { id } = await scene.upload(lines, scene.site.other);
    const body = { input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    return scene.site.other.batches.create(body);
  };
  const otherEnded = (id: string) =>
    vi.waitFor(async () => {
      const batch = await scene.site.other.batches.retrieve(id);
      expect(batch.status).toBe('completed');
      return batch;
    }, WAIT);

  test('G14: stuck requests of one owner’s batch hold up nobody else’s batch', async () => {
    const stuck = stuckFor('account:ann');
    await scene.start(Array.from({ length: 10 }, (_, i) => lineOf(`a${i}`)));
    scene.run({ jobs: stuck.service, timing: { ...TIMING, silenceMs: NEVER_MS, graceMs: 0 } });
    // An owner alone has all workers.
    await vi.waitFor(() => expect(stuck.running).toBe(2), WAIT);
    const batch = await startOther(Array.from({ length: 4 }, (_, i) => lineOf(`b${i}`)));
    expect((await otherEnded(batch.id)).request_counts).toEqual({ total: 4, completed: 4, failed: 0 });
    expect(stuck.running, 'they are as they were').toBe(2);
  });

  test('G14: a worker moves on from a request whose answer stands still, and the request is told so in the end', async () => {
    const stuck = stuckFor('account:ann', (tell) => tell({ type: 'started', job: '0' as JobId, promptTokens: 1 }));
    scene.run({ jobs: stuck.service, parallel: 1, timing: { ...TIMING, silenceMs: 30, backoffMs: 1 } });
    const batch = await scene.ended((await scene.start([lineOf('a'), lineOf('b')])).id);
    expect(batch.request_counts).toEqual({ total: 2, completed: 0, failed: 2 });
    expect(stuck.running, 'five tries each').toBe(10);
    const [line] = await scene.readLines(batch.error_file_id);
    expect(line?.response.status_code).toBe(504);
  });

  test('G14: a request that nobody takes goes back into the queue, and that is no loss', async () => {
    const stuck = stuckFor('account:ann');
    const { id } = await scene.start([lineOf('a')]);
    scene.run({
      jobs: stuck.service,
      parallel: 1,
      timing: { ...TIMING, silenceMs: NEVER_MS, lineMs: 20, backoffMs: 1 },
    });
    await vi.waitFor(() => expect(stuck.running).toBeGreaterThan(6), WAIT);
    const [item] = await scene.db.select().from(batchItems).where(eq(batchItems.batchId, id));
    expect(item?.attempts).toBe(0);
    expect(item?.waits).toBeGreaterThan(0);
  });

  test('G14: a batch that cannot be ended keeps no other from its end', async () => {
    await scene.db.execute(sql`alter table ${files} add constraint g14 check (
      owner <> 'account:ann' or purpose <> 'batch_output') not valid`);
    try {
      scene.run();
      const bad = await Promise.all([1, 2, 3].map((n) => scene.start([lineOf(`a${n}`)])));
      const batch = await startOther([lineOf('b')]);
      await otherEnded(batch.id);
      const rows = await scene.db.select({ status: batches.status, id: batches.id }).from(batches);
      expect(rows.filter(({ id }) => bad.some((each) => each.id === id)).map(({ status }) => status)).toEqual([
        ...['in_progress', 'in_progress', 'in_progress'],
      ]);
    } finally {
      await scene.db.execute(sql`alter table ${files} drop constraint g14`);
    }
  });
});
