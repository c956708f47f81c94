import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelRef, type PeerId, type PoolId, poolIdOf } from '../../protocol/ids.ts';
import { type OpenDatabase, openDatabase } from '../db/open-database.ts';
import { OPEN_TIMEOUT_MS } from '../db/test-databases.ts';
import { manifestOf } from '../planner/test-manifest.ts';
import { MAX_POOLS } from '../roster/roster-state.ts';
import { MAX_POOLS_PER_ADDRESS_AND_DAY } from './count-made.ts';
import { createPoolStore } from './pool-store.ts';
import {
  MAX_MEMBERS_PER_POOL,
  MAX_POOLS_PER_ACCOUNT,
  type NewPool,
  type PoolChange,
  type PoolStore,
} from './pool-types.ts';
import { poolCounts, pools } from './tables.ts';

const MODEL: ModelRef = { repo: 'a/b', revision: 'main', dtype: 'q4' };
const ID = poolIdOf(MODEL);
const OTHER: ModelRef = { ...MODEL, repo: 'c/d' };
const peerOf = (index: number): PeerId => index.toString(16).padStart(32, '0') as PeerId;
const entry = (fields: Partial<NewPool> = {}): NewPool => ({
  model: MODEL,
  manifest: manifestOf({ maxContext: 4096 }),
  createdBy: 'ann',
  ...fields,
});

let database: OpenDatabase;
let store: PoolStore;
let nowMs: number;
beforeAll(async () => {
  database = await openDatabase({ memory: true });
}, OPEN_TIMEOUT_MS);
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.delete(pools);
  await database.db.delete(poolCounts);
  nowMs = 0;
  store = await createPoolStore(database.db, () => {
    nowMs += 1_000;
    return new Date(nowMs);
  });
});

describe('createPoolStore', () => {
  it('keeps all of a pool over a restart', async () => {
    const price = { promptMicros: 3, completionMicros: 4 };
    await store.create(entry({ stages: 3, recruit: false, price, maxContext: 1024 }));
    await store.addMember(ID, peerOf(2));
    await store.addMember(ID, peerOf(1));
    await store.update(ID, { loaded: false });
    const again = await createPoolStore(database.db);
    expect(again.list()).toEqual(store.list());
    expect(again.find(ID)).toMatchObject({
      ...{ id: ID, model: MODEL, policy: 'commons', stages: 3, recruit: false, loaded: false, price, maxContext: 1024 },
      ...{ manifest: manifestOf({ maxContext: 4096 }), createdBy: 'ann', createdAt: new Date(1_000) },
    });
    expect(again.find(ID)?.members).toEqual([peerOf(2), peerOf(1)]);
    await again.remove(ID);
    expect((await createPoolStore(database.db)).list()).toEqual([]);
  });

  it('keeps several pools of one model, told apart by their slugs', async () => {
    const market = { ...MODEL, slug: 'market' };
    await store.create(entry({ price: { promptMicros: 1, completionMicros: 2 } }));
    await store.create(entry({ model: market, stages: 2 }));
    await expect(store.create(entry({ model: market }))).rejects.toMatchObject({ code: 'conflict' });
    const again = await createPoolStore(database.db);
    expect(again.list().map(({ id, model, slug }) => [id, model, slug])).toEqual([
      [ID, MODEL, undefined],
      [`${ID}/market`, MODEL, 'market'],
    ]);
    expect(again.find(poolIdOf(market))).toMatchObject({ stages: 2, price: undefined });
    await again.remove(ID);
    expect(again.list().map(({ slug }) => slug)).toEqual(['market']);
  });

  it('tells what changed, after it is written, and goes on when a listener fails', async () => {
    const heard: PoolChange[] = [];
    store.onChange(() => {
      throw new Error('no');
    });
    const stop = store.onChange((change) => heard.push(change));
    await store.create(entry());
    await store.update(ID, { stages: 2 });
    await store.update(ID, { stages: null });
    await store.addMember(ID, peerOf(1));
    await store.addMember(ID, peerOf(1));
    await store.removeMember(ID, peerOf(1));
    await store.removeMember(ID, peerOf(1));
    await store.remove(ID);
    stop();
    await store.create(entry());
    expect(
      heard.map((change) =>
        change.type === 'changed' ? [change.policy.stages, change.policy.members.length] : change.type,
      ),
    ).toEqual([[undefined, 0], [2, 0], [undefined, 0], [undefined, 1], [undefined, 0], 'removed']);
  });

  it('has one pool per model, even when two are made at once', async () => {
    const made = await Promise.allSettled([store.create(entry()), store.create(entry({ createdBy: 'bob' }))]);
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(made[1]).toMatchObject({ reason: { code: 'conflict', data: { pool: ID } } });
    expect(store.find(ID)?.createdBy).toBe('ann');
  });

  it('bounds pools per account and members per pool', async () => {
    for (let index = 0; index < MAX_POOLS_PER_ACCOUNT; index++)
      await store.create(entry({ model: { ...MODEL, repo: `a/b${index}` } }));
    await expect(store.create(entry())).rejects.toMatchObject({ code: 'conflict' });
    await store.create(entry({ createdBy: 'bob' }));
    for (let index = 0; index < MAX_MEMBERS_PER_POOL; index++) await store.addMember(ID, peerOf(index));
    await expect(store.addMember(ID, peerOf(9999))).rejects.toMatchObject({ code: 'rate-limited' });
  });

  describe('G12: the table', () => {
    const named = (index: number, fields: Partial<NewPool> = {}): NewPool =>
      entry({ model: { ...MODEL, slug: `p${index}` } as NewPool['model'], createdBy: `account-${index}`, ...fields });
    const DAY_MS = 24 * 3600_000;
    const fill = async (): Promise<void> => {
      for (let index = 0; index < MAX_POOLS; index += 1) await store.create(named(index));
    };

    it('gives an address a share of a day, over all of its accounts and over a restart', async () => {
      const from = '2001:db8::1';
      for (let index = 0; index < MAX_POOLS_PER_ADDRESS_AND_DAY; index += 1) await store.create(named(index, { from }));
      const again = await createPoolStore(database.db, () => new Date(nowMs));
      const refused = await again.create(named(90, { from: '2001:db8::2' })).catch((thrown) => thrown);
      expect(refused).toMatchObject({ code: 'pools-full' });
      expect(`${refused.message} ${refused.next}`).toContain('tomorrow');
      await again.create(named(91, { from: '2001:db8:1::1' }));
      nowMs += DAY_MS;
      await again.create(named(92, { from }));
      const kept = await database.db.select().from(poolCounts);
      expect(kept.map(({ pools }) => pools)).toEqual([1]);
      expect(JSON.stringify(kept)).not.toContain('2001');
    });

    it('has room again: a pool that nobody served gives way after a day, the oldest first', async () => {
      await fill();
      await expect(store.create(named(900))).rejects.toMatchObject({ code: 'pools-full' });
      nowMs += DAY_MS;
      await store.noteServed(`${ID}/p0` as PoolId);
      const lentTo = `${ID}/p1`;
      await store.create(named(900), { isInUse: (id) => id === lentTo });
      expect(store.list()).toHaveLength(MAX_POOLS);
      expect([0, 1, 2, 3].map((index) => store.find(`${ID}/p${index}` as PoolId) !== undefined)).toEqual([
        ...[true, true, false, true],
      ]);
      expect((await createPoolStore(database.db)).list().map(({ id }) => id)).toEqual(store.list().map(({ id }) => id));
    });

    it('keeps what was served, for a week', async () => {
      await fill();
      nowMs += DAY_MS;
      for (const { id } of store.list()) await store.noteServed(id);
      nowMs += 6 * DAY_MS;
      await expect(store.create(named(900))).rejects.toMatchObject({ code: 'pools-full' });
      nowMs += DAY_MS;
      await store.create(named(900));
      expect(store.find(`${ID}/p0` as PoolId)).toBeUndefined();
    });
  });

  it('refuses what is not there, and a context that the model has not', async () => {
    await expect(store.update(ID, {})).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.remove(ID)).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.addMember(ID, peerOf(1))).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.create(entry({ maxContext: 4097 }))).rejects.toMatchObject({ code: 'bad-request' });
    await store.create(entry());
    await expect(store.update(ID, { maxContext: 4097 })).rejects.toMatchObject({ code: 'bad-request' });
    expect(store.find(ID)?.maxContext).toBe(4096);
  });

  it('makes the configured pool once, follows the configuration, and leaves another’s alone', async () => {
    expect(await store.ensure(MODEL, { stages: 2 })).toMatchObject({ stages: 2, createdBy: undefined, loaded: true });
    expect(await store.ensure(MODEL, { manifest: manifestOf({ maxContext: 512 }) })).toMatchObject({
      stages: undefined,
      maxContext: 512,
    });
    const embedOrigins = ['https://app.example'];
    expect(await store.ensure(MODEL, { embedOrigins })).toMatchObject({ embedOrigins, maxContext: 512 });
    expect((await store.ensure(MODEL)).embedOrigins).toBeUndefined();
    expect(store.list()).toHaveLength(1);
    const other = { ...MODEL, dtype: 'fp32' } as const;
    await store.create(entry({ model: other, stages: 5 }));
    expect(await store.ensure(other)).toMatchObject({ createdBy: 'ann', stages: 5 });
  });

  describe('a market pool', () => {
    const REF = { ...MODEL, slug: 'market' };
    const market = { chainId: 84532, contract: `0x${'ab'.repeat(20)}`, treasuryUnits: 3000 } as const;
    const price = { promptMicros: 50_000, completionMicros: 200_000 };

    it('is the server’s, follows the configuration, and is there after a restart', async () => {
      const manifest = manifestOf({ maxContext: 512 });
      expect(await store.ensure(REF, { market, price, manifest })).toMatchObject({
        ...{
          id: poolIdOf(REF),
          slug: 'market',
          policy: 'market',
          market,
          price,
          createdBy: undefined,
          maxContext: 512,
        },
      });
      const heard: PoolChange[] = [];
      store.onChange((change) => heard.push(change));
      await store.ensure(REF, { market, price });
      expect(heard, 'nothing changed').toEqual([]);
      const dearer = { ...price, completionMicros: 300_000 };
      const other = { ...market, chainId: 8453, treasuryUnits: 2000 };
      await store.ensure(REF, { market: other, price: dearer });
      expect(heard).toHaveLength(1);
      const again = await createPoolStore(database.db);
      expect(again.list()).toEqual(store.list());
      expect(again.find(poolIdOf(REF))).toMatchObject({
        policy: 'market',
        market: other,
        price: dearer,
        maxContext: 512,
      });
    });

    it('is of the commons again when no market is configured', async () => {
      await store.ensure(REF, { market, price });
      await store.ensure(REF);
      const again = await createPoolStore(database.db);
      for (const each of [store, again])
        expect(each.find(poolIdOf(REF))).toMatchObject({ policy: 'commons', market: undefined, price: undefined });
    });

    it('has a price always', async () => {
      await expect(store.ensure(REF, { market })).rejects.toMatchObject({ code: 'bad-request' });
      expect(store.list()).toEqual([]);
      await store.ensure(REF, { market, price });
      await expect(store.ensure(REF, { market })).rejects.toMatchObject({ code: 'bad-request' });
      await expect(store.update(poolIdOf(REF), { price: null })).rejects.toMatchObject({ code: 'bad-request' });
      expect(store.find(poolIdOf(REF))?.price).toEqual(price);
    });

    it('is not made of an account’s pool', async () => {
      await store.create(entry({ model: REF }));
      expect(await store.ensure(REF, { market, price })).toMatchObject({ createdBy: 'ann', policy: 'commons' });
      expect(store.find(poolIdOf(REF))).toMatchObject({ policy: 'commons', market: undefined });
    });
  });

  it('a pool that is made again knows nobody of the one that was removed', async () => {
    await store.create(entry({ stages: 3, price: { promptMicros: 1, completionMicros: 2 } }));
    await store.addMember(ID, peerOf(1));
    await store.remove(ID);
    await store.create(entry({ createdBy: 'bob' }));
    const again = await createPoolStore(database.db);
    expect(again.find(ID)).toMatchObject({ members: [], stages: undefined, price: undefined, createdBy: 'bob' });
  });

  it('never says what is not written: a database that fails changes nothing, and the next write is done', async () => {
    const heard: PoolChange[] = [];
    await store.create(entry({ stages: 2 }));
    store.onChange((change) => heard.push(change));
    await database.db.execute('alter table pools rename to pools_away');
    const writes = [store.update(ID, { stages: 5 }), store.remove(ID), store.create(entry({ model: OTHER }))];
    for (const write of await Promise.allSettled(writes)) expect(write.status).toBe('rejected');
    expect([store.find(ID)?.stages, store.list().length, heard]).toEqual([2, 1, []]);
    await database.db.execute('alter table pools_away rename to pools');
    expect((await store.update(ID, { stages: 5 })).stages).toBe(5);
  });

  it('bounds even what many ask for at once', async () => {
    const models = Array.from({ length: MAX_POOLS_PER_ACCOUNT + 5 }, (_, i) => ({ ...MODEL, repo: `a/b${i}` }));
    const made = await Promise.allSettled(models.map((model) => store.create(entry({ model }))));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_POOLS_PER_ACCOUNT);
    expect(store.list()).toHaveLength(MAX_POOLS_PER_ACCOUNT);
  });
});
