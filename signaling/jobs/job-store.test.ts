// Rows of jobs on both databases: who may read them, in which order, and that an end is an end.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import { forEachDatabase, OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { type AccountId, accountOwner } from '../ledger/owner.ts';
import { createJobStore, type JobStore } from './job-store.ts';
import type { LiveJob } from './live-job.ts';
import { TestContext } from './test-context.ts';
import { MODEL, TestNetwork } from './test-network.ts';
import { PLAN, STATS } from './test-scene.ts';

const test = new TestContext(new TestNetwork([]));
const STRANGER = accountOwner('stranger' as AccountId);

let tests = 0;

forEachDatabase('rows of jobs', (open) => {
  let store: JobStore;
  /** A payer and a pool of this test alone. */
  let payer: LiveJob['payer'];
  let pool: PoolId;

  beforeAll(async () => {
    store = createJobStore((await open()).db);
  }, OPEN_TIMEOUT_MS);
  beforeEach(() => {
    payer = accountOwner(`payer-${++tests}` as AccountId);
    pool = poolIdOf({ ...MODEL, slug: `pool-${tests}` });
  });

  const insert = async (fields: Partial<LiveJob> = {}): Promise<LiveJob> => {
    const job = Object.assign(test.job({ payer, pool }), fields);
    await store.save(job);
    return job;
  };

  /** Rows are ordered by clocks that may count in milliseconds. */
  const nextMillisecond = async (): Promise<void> => {
    const nowMs = Date.now();
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(nowMs);
  };

  it('say what a job is and has become, to whoever paid and to nobody else', async () => {
    const job = await insert();
    expect(await store.find(job.id, payer)).toMatchObject({ id: job.id, pool, state: 'waiting', chargedMicros: 0 });
    Object.assign(job, { state: 'running', plan: PLAN });
    await store.save(job);
    const running = await store.find(job.id, payer);
    expect(running).toMatchObject({ state: 'running', plan: PLAN, outcome: undefined, endedAt: undefined });
    expect(running).not.toHaveProperty('error');
    Object.assign(job, { stats: STATS, usage: { promptTokens: 5, cachedTokens: 2, completionTokens: 3 } });
    await store.save(job, { chargedMicros: 140, isOver: true });
    expect(await store.find(job.id, payer)).toMatchObject({
      ...{ state: 'done', plan: PLAN, outcome: STATS, chargedMicros: 140 },
      usage: { promptTokens: 5, cachedTokens: 2, completionTokens: 3 },
      endedAt: expect.any(Date),
    });
    expect(await store.find(job.id, STRANGER)).toBeUndefined();
    expect(await store.listOf(STRANGER, 10)).toEqual([]);
  });

  it('are found as soon as they are asked for, however many changes are on their way', async () => {
    const job = test.job({ payer, pool });
    const writes = [store.save(job)];
    writes.push(store.save(Object.assign(job, { state: 'running', plan: PLAN })));
    writes.push(store.save(Object.assign(job, { stats: STATS }), { chargedMicros: 5, isOver: true }));
    expect(await store.find(job.id, payer)).toMatchObject({ state: 'done', chargedMicros: 5, outcome: STATS });
    await Promise.all(writes);
    expect(await store.withoutRow([job.id, 'job_nobody' as typeof job.id])).toEqual(['job_nobody']);
    expect(await store.withoutRow([])).toEqual([]);
  });

  it('keep the end, whatever is said of the job after it', async () => {
    const job = await insert();
    await store.save(job, { chargedMicros: 7, errorCode: 'stage-left', isOver: true });
    const ended = await store.find(job.id, payer);
    // What was sent before may come after, over another connection.
    await store.save(Object.assign(job, { state: 'running' }));
    await store.save(job, { chargedMicros: 0, isOver: true });
    expect(await store.find(job.id, payer)).toEqual(ended);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'stage-left' }, chargedMicros: 7 });
  });

  it('hold no text of a request', async () => {
    const secret = 'What nobody else may read';
    const request = { ...test.fields().request!, prompt: { kind: 'text', text: secret } as const };
    const job = await insert({ request });
    await store.save(job, { isOver: true });
    expect(JSON.stringify(await store.find(job.id, payer))).not.toContain(secret);
  });

  it('are found by no id that is none', async () => {
    await insert();
    for (const id of ['', '%', "' or 1=1 --", 'x'.repeat(10_000)]) expect(await store.find(id, payer)).toBeUndefined();
  });

  describe('of one payer', () => {
    it('are listed newest first, as many as are asked for', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 3; count++) {
        ids.unshift((await insert()).id);
        await nextMillisecond();
      }
      expect((await store.listOf(payer, 10)).map(({ id }) => id)).toEqual(ids);
      expect((await store.listOf(payer, 2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(await store.listOf(payer, 0)).toEqual([]);
    });

    it('are listed a page at most', async () => {
      for (let count = 0; count < 103; count++) await insert();
      expect(await store.listOf(payer, Number.MAX_SAFE_INTEGER)).toHaveLength(100);
    });
  });

  it('of a pool that are worth learning from ended well, with plan and outcome', async () => {
    const well = { plan: PLAN, stats: STATS };
    const failed = await insert(well);
    await store.save(failed, { errorCode: 'stage-left', isOver: true });
    await store.save(await insert({ ...well, state: 'running' }));
    await store.save(await insert({ stats: STATS }), { isOver: true });
    await store.save(await insert({ plan: PLAN }), { isOver: true });
    await store.save(await insert({ ...well, pool: poolIdOf(MODEL) }), { isOver: true });
    expect(await store.recentOf(pool)).toEqual([]);
    for (let count = 1; count <= 21; count++) {
      const stats = { ...STATS, laps: count };
      await store.save(await insert({ plan: PLAN, stats }), { isOver: true });
      await nextMillisecond();
    }
    const recent = await store.recentOf(pool);
    expect(recent.map(({ outcome }) => outcome.laps)).toEqual(Array.from({ length: 20 }, (_, index) => 21 - index));
    expect(recent[0]).toMatchObject({ plan: PLAN, endedAt: expect.any(Date) });
  });

  it('that a server left behind end once, and those that had ended stay as they were', async () => {
    await store.endOrphans();
    const states = ['waiting', 'running', 'settling'] as const;
    const left = await Promise.all(states.map((state) => insert({ state })));
    for (const job of left) await store.save(job);
    const done = await insert();
    await store.save(done, { chargedMicros: 3, isOver: true });
    const ended = await store.endOrphans();
    expect(ended.map(({ id }) => id).sort()).toEqual(left.map(({ id }) => id).sort());
    expect(ended[0]?.pool).toBe(pool);
    for (const { id } of left) {
      expect(await store.find(id, payer)).toMatchObject({ state: 'failed', error: { code: 'shutting-down' } });
    }
    expect(await store.find(done.id, payer)).toMatchObject({ state: 'done', chargedMicros: 3 });
    expect(await store.endOrphans()).toEqual([]);
  });

  it('B7: of chats that their clients drive on are kept with all that settles them, until they end', async () => {
    const driver = 'd'.repeat(32) as PeerId;
    const epochs = [{ epoch: 5, seats: [{ peer: driver, start: 0, end: 8 }] }];
    const going = await insert({ source: 'tab', driver, epochs, endsMs: performance.now() + 1000, paidTokens: 2 });
    Object.assign(going, { state: 'running', plan: PLAN });
    await store.save(going);
    expect(await store.endOrphans()).toEqual([]);
    const { nonce, heldMicros, usage, maxPosition, maxTokens, price, most } = going;
    const terms = { driver, maxPosition, maxTokens, price, most, epochs, paidTokens: 2, endsAtMs: expect.any(Number) };
    expect(await store.listGoing()).toEqual([
      { id: going.id, nonce, pool, payer, plan: PLAN, usage, heldMicros, terms },
    ]);
    await store.save(going, { isOver: true });
    expect(await store.listGoing()).toEqual([]);
  });
});
